package cli

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// fetched is a request as curl's options of the same letters say it.
type fetched struct {
	method, body, output, format string
	headers                      []string
	head                         bool
}

// newFetch is the stand-in for curl that the tutorial uses on machines without it: one request, the body printed
// whatever the status. It is hidden, since it is no product.
func newFetch(sh *shell) *cobra.Command {
	var f fetched
	cmd := &cobra.Command{
		Use:    "fetch URL",
		Short:  "Send a request and print the answer's body",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE:   func(cmd *cobra.Command, args []string) error { return sh.fetch(cmd, f, args[0]) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.method, "request", "X", "", "method")
	flags.StringArrayVarP(&f.headers, "header", "H", nil, "request header")
	flags.StringVar(&f.body, "data", "", "body")
	flags.StringVar(&f.body, "data-binary", "", "body, as it is")
	flags.BoolVarP(&f.head, "head", "I", false, "ask for the headers alone, and print them")
	flags.StringVarP(&f.output, "output", "o", "", "write the answer to a file")
	flags.StringVarP(&f.format, "write-out", "w", "", "print this after the answer; %{http_code} is the status")
	return cmd
}

func (sh *shell) fetch(cmd *cobra.Command, f fetched, url string) error {
	req, err := f.request(cmd, url)
	if err != nil {
		return err
	}
	resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	out := sh.out
	if f.output != "" {
		file, err := os.Create(f.output)
		if err != nil {
			return err
		}
		defer file.Close()
		out = file
	}
	if f.head {
		fmt.Fprintf(out, "%s %s\n", resp.Proto, resp.Status)
		if err := resp.Header.Write(out); err != nil {
			return err
		}
	}
	if _, err := io.Copy(out, resp.Body); err != nil {
		return err
	}
	_, err = io.WriteString(sh.out, strings.ReplaceAll(f.format, "%{http_code}", fmt.Sprint(resp.StatusCode)))
	return err
}

// request chooses what curl would: GET, HEAD for -I, POST with a form's content type for a body.
func (f fetched) request(cmd *cobra.Command, url string) (*http.Request, error) {
	method := f.method
	switch {
	case method != "":
	case f.head:
		method = http.MethodHead
	case f.body != "":
		method = http.MethodPost
	default:
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(cmd.Context(), method, url, strings.NewReader(f.body))
	if err != nil {
		return nil, err
	}
	if f.body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, h := range f.headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok {
			return nil, fmt.Errorf("-H %q: a header is NAME: VALUE", h)
		}
		req.Header.Set(name, strings.TrimSpace(value))
	}
	return req, nil
}
