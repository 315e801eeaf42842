// Command alcedo is Azure's managed identity on your own machine. See `alcedo --help`.
package main

import (
	"os"

	"github.com/alcedo-cloud/alcedo/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args, os.Stdin, os.Stdout, os.Stderr))
}
