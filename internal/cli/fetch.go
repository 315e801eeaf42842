package cli

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// newFetch is the stand-in for curl that the tutorial uses on machines without it: one GET, the body printed whatever
// the status. It is hidden, since it is no product.
func newFetch(sh *shell) *cobra.Command {
	var headers []string
	cmd := &cobra.Command{
		Use:    "fetch URL",
		Short:  "GET a URL and print the body",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			req, err := http.NewRequestWithContext(cmd.Context(), http.MethodGet, args[0], nil)
			if err != nil {
				return err
			}
			for _, h := range headers {
				name, value, ok := strings.Cut(h, ":")
				if !ok {
					return fmt.Errorf("-H %q: a header is NAME: VALUE", h)
				}
				req.Header.Set(name, strings.TrimSpace(value))
			}
			resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			_, err = io.Copy(sh.out, resp.Body)
			return err
		},
	}
	cmd.Flags().StringArrayVarP(&headers, "header", "H", nil, "request header")
	return cmd
}
