package entra

import (
	"bytes"
	"html/template"
	"net/http"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// page is what a person sees: a form to sign in with, or a text.
type page struct {
	Title, Text, Error string
	SignIn             bool   // ask for name and password
	Device             bool   // ask for the code of a device too
	Code, Name         string // filled in
	Post               string // where form_post takes its fields
	Fields             [][2]string
}

const pageText = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title>
<style>body{font:16px sans-serif;max-width:26em;margin:4em auto;padding:0 1em}label{display:block;margin:1em 0}
input{display:block;width:100%;box-sizing:border-box;padding:.5em;font:inherit}button{padding:.5em 2em;font:inherit}
.error{color:#a4262c}</style></head><body><h1>{{.Title}}</h1>
{{with .Error}}<p class="error" role="alert">{{.}}</p>{{end}}{{with .Text}}<p>{{.}}</p>{{end}}
{{if .SignIn}}<form method="post" autocomplete="off">
{{if .Device}}<label>Code<input name="otc" value="{{.Code}}" required autofocus></label>{{end}}
<label>User<input name="username" value="{{.Name}}" required></label>
<label>Password<input name="password" type="password" required></label><button>Sign in</button></form>{{end}}
{{if .Post}}<form method="post" action="{{.Post}}" id="post">{{range .Fields}}<input type="hidden" name="{{index . 0}}" value="{{index . 1}}">
{{end}}<button>Continue</button></form><script>document.getElementById("post").submit()</script>{{end}}
</body></html>
`

// render writes a page. Nothing in it is fetched from elsewhere, and no other page may frame it.
func (f *front) render(status int, p page) (*httpx.Response, error) {
	var b bytes.Buffer
	if err := f.pages.Execute(&b, p); err != nil {
		return nil, err
	}
	policy := "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
	if p.Post != "" {
		policy += "; script-src 'unsafe-inline'"
	}
	return &httpx.Response{Status: status, Body: b.Bytes(), Header: http.Header{
		"Content-Type": {"text/html; charset=utf-8"}, "Content-Security-Policy": {policy}, "X-Frame-Options": {"DENY"},
	}}, nil
}

func parsePages() *template.Template { return template.Must(template.New("page").Parse(pageText)) }
