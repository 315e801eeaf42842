// A program as a user of Azure writes it: the Azure SDK for JavaScript, unmodified.
//   node client.mjs CLOUD CREDENTIAL GROUP
import { ClientSecretCredential, DefaultAzureCredential, ManagedIdentityCredential, AzureAuthorityHosts } from "@azure/identity";
import { ResourceManagementClient } from "@azure/arm-resources";

const clouds = {
  AzureCloud: { manager: "https://management.azure.com", authority: AzureAuthorityHosts.AzurePublicCloud },
  AzureChinaCloud: { manager: "https://management.chinacloudapi.cn", authority: AzureAuthorityHosts.AzureChina },
  AzureUSGovernment: { manager: "https://management.usgovcloudapi.net", authority: AzureAuthorityHosts.AzureGovernment },
};

const [name, as, group] = process.argv.slice(2);
const cloud = clouds[name];
const options = { authorityHost: cloud.authority, retryOptions: { maxRetries: 0 } };
const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_SUBSCRIPTION_ID, USER_ASSIGNED_CLIENT_ID } = process.env;

const credentials = {
  managed: () => new ManagedIdentityCredential(options),
  selected: () => new ManagedIdentityCredential({ ...options, clientId: USER_ASSIGNED_CLIENT_ID }),
  default: () => new DefaultAzureCredential(options),
  secret: () => new ClientSecretCredential(AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, options),
};

try {
  const client = new ResourceManagementClient(credentials[as](), AZURE_SUBSCRIPTION_ID, {
    endpoint: cloud.manager,
    credentialScopes: [`${cloud.manager}/.default`],
    retryOptions: { maxRetries: 0 },
  });
  console.log(JSON.stringify(await client.resourceGroups.get(group)));
} catch (e) {
  console.log(JSON.stringify({ error: e.message, code: e.code, status: e.statusCode }));
  process.exitCode = 1;
}
