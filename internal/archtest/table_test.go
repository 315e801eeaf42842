package archtest

// direction says what one package, or all below a folder ("front/…" for each of them), may import of ours.
type direction struct {
	from   string   // below internal/, or "/cmd/alcedo" for a folder beside it
	to     []string // packages below internal/; "…" stands for everything below internal/
	reason string   // printed with a failure: what the rule protects
}

// Everybody may use fault: an error's kind is the language in which packages speak of failure.
var everywhere = []string{"fault"}

var directions = []direction{
	{"/cmd/alcedo", []string{"cli"}, "main is a shell; what it would do, internal/cli does and tests can reach"},
	{"/.", []string{"app", "config"}, "the embed package is the binary without its command line"},
	{"/alcedotest", []string{"/.", "client", "cloud", "control"}, "what people import in tests uses the public package and the public endpoints"},
	{"/bench", []string{"client", "clock", "config", "control", "store", "store/pebble", "rbac", "rbac/assignments"}, "the benchmark measures the binary from outside; only to fill a store does it open one"},

	{"cli", []string{"app", "config", "control", "client", "tutorial", "sandbox", "cloud", "audit", "rbac", "sqlclient"}, "subcommands ask a running instance over its control socket; they hold no rules of the cloud"},
	{"app", []string{"…"}, "the only composition root: nothing else may put a service and a backend together"},
	{"config", nil, "settings are values: they start and open nothing"},
	{"client", []string{"cloud", "config", "control"}, "the conveniences use the public endpoints like everybody, so RBAC decides their requests too"},
	{"tutorial", []string{"client", "cloud", "config", "control"}, "the tutorial does what its reader could do, by the same doors"},
	{"sqlclient", nil, "a client of Azure SQL like any other: it knows the driver and nothing of ours"},
	{"control", []string{"config", "audit", "caller", "rbac"}, "the words that the command line and the instance exchange over the control socket; it serves nothing"},

	{"fault", nil, "the errors know no protocol and no package of ours"},
	{"clock", nil, "time stands below everything"},
	{"caller", nil, "who asks is a plain value; how it was verified is the front's affair"},
	{"cloud", nil, "the names of a cloud are data"},

	{"store", nil, "the contract knows no backend and no record"},
	{"store/pebble", []string{"store"}, "a backend knows its contract and nothing of what is stored"},
	{"store/postgres", []string{"store"}, "a backend knows its contract and nothing of what is stored"},
	{"store/postgres/postgrestest", nil, "what starts a PostgreSQL for tests knows nothing of what is stored in it"},
	{"store/storetest", []string{"store", "store/pebble"}, "the conformance suite asks for what the contract says"},
	{"content", nil, "the contract of large bytes knows no backend"},
	{"content/contenttest", []string{"content"}, "the conformance suite asks for what the contract says"},
	{"content/files", []string{"content"}, "a backend knows its contract and nothing of what is stored"},
	{"content/bucket", []string{"content"}, "a backend knows its contract and nothing of what is stored"},

	{"token", []string{"store", "clock", "cloud", "caller"}, "a token is minted and checked without knowing what its subject may do"},
	{"directory", []string{"store", "token", "cloud", "caller", "clock"}, "the directory knows principals, not resources and not rights on them"},
	{"sts", []string{"directory", "token", "store", "cloud", "caller", "clock"}, "who gets a token is decided by directory and keys alone"},
	{"rbac", []string{"caller"}, "the decision is a pure function: no store, no protocol"},
	{"rbac/assignments", []string{"rbac", "store", "caller", "clock"}, "assignments learn of groups through a function, so that the directory stays out"},
	{"rbac/assignments/genroles", []string{"rbac"}, "a program of go generate stands alone"},
	{"audit", []string{"rbac", "store", "caller", "clock"}, "the record of decisions stands at every service's door and knows none of them"},
	{"resource", []string{"store", "content", "rbac", "audit", "caller", "clock", "cloud"}, "Resource Manager's core knows no provider: they are handed to it"},
	{"identity", []string{"resource", "directory", "store", "sts", "rbac", "cloud", "caller"}, "identity blocks join resources with principals, so that neither knows the other"},
	{"blob…", []string{"store", "content", "rbac", "audit", "caller", "clock", "blob…"}, "a service never imports a front or another service"},
	{"vault/rsabatch", nil, "the private operation of RSA knows numbers: nothing of what is signed, and for whom"},
	{"vault/jwk", []string{"vault/rsabatch"}, "keys and their algorithms are pure: no vault, no store"},
	{"vault/certificate", []string{"vault/jwk"}, "what certificates are made of is pure: no vault, no store"},
	{"vault…", []string{"store", "content", "rbac", "audit", "caller", "clock", "vault…"}, "a service never imports a front or another service"},
	{"sqldb/collate", nil, "collations are pure"},
	{"sqldb/value", []string{"sqldb/collate"}, "types and values are pure: no store, no catalog, no statement"},
	{"sqldb/row", []string{"sqldb/value", "sqldb/collate"}, "how rows are written knows values and nothing of tables"},
	{"sqldb/function", []string{"sqldb/value", "sqldb/collate"}, "functions ask an environment; they know no session"},
	{"sqldb/catalog", []string{"sqldb/value", "sqldb/collate", "store"}, "the catalog knows neither statements nor rows"},
	{"sqldb/plan", []string{"sqldb/catalog", "sqldb/function", "sqldb/value", "sqldb/collate"}, "a plan is what binder and executor agree on; it knows neither"},
	{"sqldb/document", []string{"sqldb/value", "sqldb/collate", "sqldb/plan", "sqldb/function"}, "rows as JSON and XML are pure: they know values, not where rows come from"},
	{"sqldb/xquery", nil, "paths in XML are pure: text in, text out"},
	{"sqldb/bind", []string{"tsql", "sqldb/xquery", "sqldb/document", "sqldb/plan", "sqldb/catalog", "sqldb/function", "sqldb/value", "sqldb/collate"}, "the binder reads no row"},
	{"sqldb/txn", []string{"store", "clock", "sqldb/value"}, "transactions know bytes, not tables"},
	{"sqldb/exec", []string{"sqldb/plan", "sqldb/txn", "sqldb/row", "sqldb/catalog", "sqldb/function", "sqldb/value", "sqldb/collate"}, "the executor knows plans, not statements"},
	{"sqldb/sysview", []string{"tsql", "sqldb/plan", "sqldb/catalog", "sqldb/function", "sqldb/value", "sqldb/collate"}, "system views show the catalog; they run nothing"},
	{"sqldb", []string{"store", "content", "rbac", "audit", "caller", "clock", "tsql", "directory", "sqldb…"}, "a service never imports a front or another service"},
	{"tsql", nil, "the parser knows nothing of execution"},
	{"wire/tds", nil, "a codec is pure: bytes to structs and back"},

	{"template", nil, "the language of templates is pure: it asks a context for what is outside"},
	{"provider/deployment", []string{"resource", "template", "rbac", "store", "cloud", "clock"}, "a provider hands its types to the core, and deploys by requests of the caller's own"},
	{"provider/authorization", []string{"resource", "rbac/assignments", "rbac", "store", "directory", "cloud", "caller", "clock"}, "a provider hands its types to the core and asks its own service"},
	{"provider/compute", []string{"resource", "identity", "rbac", "store", "directory", "cloud", "caller", "clock"}, "a provider hands its types to the core and asks its own service"},
	{"provider/managedidentity", []string{"resource", "identity", "rbac", "store", "directory", "cloud", "caller", "clock"}, "a provider hands its types to the core and asks its own service"},

	{"provider/storage", []string{"resource", "blob…", "identity", "rbac", "store", "directory", "cloud", "caller", "clock"}, "a provider hands its types to the core and asks its own service"},
	{"provider/keyvault", []string{"resource", "vault…", "identity", "rbac", "store", "directory", "cloud", "caller", "clock"}, "a provider hands its types to the core and asks its own service"},
	{"provider/sql", []string{"resource", "sqldb…", "identity", "rbac", "store", "directory", "cloud", "caller", "clock"}, "a provider hands its types to the core and asks its own service"},

	{"front/arm", []string{"resource", "rbac", "token", "httpx", "cloud", "caller", "clock"}, "a front speaks one protocol: it never imports another front, a store or a backend"},
	{"front/entra", []string{"sts", "directory", "token", "httpx", "cloud", "caller", "clock"}, "a front speaks one protocol: it never imports another front, a store or a backend"},
	{"front/graph", []string{"directory", "token", "httpx", "cloud", "caller", "clock"}, "a front speaks one protocol: it never imports another front, a store or a backend"},
	{"front/imds", []string{"identity", "resource", "sts", "httpx", "cloud", "caller", "clock"}, "a front speaks one protocol: it never imports another front, a store or a backend"},
	{"front/control", []string{"control", "audit", "resource", "directory", "rbac", "httpx", "cloud", "caller", "clock", "config"}, "a front speaks one protocol: it never imports another front, a store or a backend"},

	{"front/blob", []string{"blob…", "rbac", "token", "httpx", "cloud", "caller", "clock"}, "a front speaks one protocol: it never imports another front, a store or a backend"},
	{"front/vault", []string{"vault…", "rbac", "token", "httpx", "cloud", "caller", "clock"}, "a front speaks one protocol: it never imports another front, a store or a backend"},
	{"front/tds", []string{"sqldb…", "wire/tds", "rbac", "token", "cloud", "caller", "clock"}, "a front speaks one protocol: it never imports another front, a store or a backend"},

	{"httpx", []string{"clock"}, "what all HTTP fronts share knows no protocol's errors"},
	{"pki", []string{"cloud", "clock"}, "certificates are made for the cloud's names, whoever serves them"},
	{"dns", []string{"cloud"}, "the name server answers for the cloud's names, whoever serves them"},
	{"gateway", []string{"pki", "dns", "cloud", "httpx", "clock"}, "the gateway routes by host name and knows no front"},
	{"sandbox", nil, "the sandbox passes listeners; whose identity they carry is decided by who receives them"},
	{"archtest", nil, "the rules are imported by nobody and import nobody"},
}

// A dependency has one home, so that it can be replaced there. The reason for having it is in docs/ARCHITECTURE.md.
var homes = map[string][]string{
	"github.com/decred/dcrd/dcrec/secp256k1/v4": {"vault/jwk"},
	"software.sslmate.com/src/go-pkcs12":        {"vault/certificate"},
	"github.com/cockroachdb/pebble/v2":          {"store/pebble", "store/storetest", "app"},
	"github.com/jackc/pgx/v5":                   {"store/postgres", "store/postgres/postgrestest", "/bench"},
	"github.com/go-jose/go-jose/v4":             {"token", "sts", "front/entra"},
	"github.com/miekg/dns":                      {"dns"},
	"github.com/minio/crc64nvme":                {"content"},
	"github.com/spf13/cobra":                    {"cli"},
	"github.com/microsoft/go-mssqldb":           {"sqlclient", "cli", "/bench"},
	"github.com/golang-sql/sqlexp":              {"sqlclient"},
	"github.com/jedib0t/go-pretty/v6":           {"cli"},
	"github.com/google/uuid":                    {"…"},
	"github.com/rogpeppe/go-internal":           {"cli"},
	"golang.org/x/crypto":                       {"directory", "token", "sts", "pki"},
	"golang.org/x/sync":                         {"…"},
	"golang.org/x/sys":                          {"sandbox", "cli", "app", "config", "vault/rsabatch", "store/pebble"},
	"golang.org/x/term":                         {"cli", "sandbox"},
	"golang.org/x/text":                         {"resource", "directory", "sqldb/collate", "cloud"},
}
