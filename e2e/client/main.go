// Command client is a program as a user of Azure writes it: the Azure SDK for Go, unmodified, and nothing of alcedo. It
// signs in with one of the SDK's credentials, does one thing and prints the answer as JSON. The tests run it inside
// `alcedo run` and `alcedo vm run`.
//
//	client [-cloud NAME] [-as CREDENTIAL] OPERATION [ARGUMENT…]
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// program is what an operation works with.
type program struct {
	credential   azcore.TokenCredential
	options      *arm.ClientOptions
	subscription string
	scope        string // of a Resource Manager token
}

// failure is how the program reports an error: the parts that the SDK took out of the answer.
type failure struct {
	Error     string `json:"error"`
	Code      string `json:"code,omitempty"`
	Status    int    `json:"status,omitempty"`
	Transport bool   `json:"transport,omitempty"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		f := failure{Error: err.Error()}
		var refused *azcore.ResponseError
		if errors.As(err, &refused) {
			f.Code, f.Status = refused.ErrorCode, refused.StatusCode
		}
		_ = json.NewEncoder(os.Stdout).Encode(f)
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("client", flag.ContinueOnError)
	name := flags.String("cloud", "AzureCloud", "the cloud, as az names it")
	as := flags.String("as", "managed", "managed, default, workload, secret, certificate, password")
	clientID := flags.String("client-id", "", "of the managed identity")
	objectID := flags.String("object-id", "", "of the managed identity")
	resourceID := flags.String("resource-id", "", "of the managed identity")
	if err := flags.Parse(args); err != nil {
		return err
	}
	configuration, err := cloudNamed(*name)
	if err != nil {
		return err
	}
	// One try each: a refusal is what many tests are about, and a retry would hide what the server answered first.
	options := azcore.ClientOptions{Cloud: configuration, Retry: policy.RetryOptions{MaxRetries: -1}}
	credential, err := newCredential(*as, identity{*clientID, *objectID, *resourceID}, options)
	if err != nil {
		return err
	}
	p := &program{
		credential:   credential,
		options:      &arm.ClientOptions{ClientOptions: options},
		subscription: os.Getenv("AZURE_SUBSCRIPTION_ID"),
		scope:        configuration.Services[cloud.ResourceManager].Audience + "/.default",
	}
	if flags.NArg() == 0 {
		return errors.New("no operation given")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := p.do(ctx, flags.Arg(0), flags.Args()[1:])
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

func cloudNamed(name string) (cloud.Configuration, error) {
	switch name {
	case "AzureCloud":
		return cloud.AzurePublic, nil
	case "AzureChinaCloud":
		return cloud.AzureChina, nil
	case "AzureUSGovernment":
		return cloud.AzureGovernment, nil
	}
	return cloud.Configuration{}, fmt.Errorf("the SDK knows no cloud %q", name)
}
