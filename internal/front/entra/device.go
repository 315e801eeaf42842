package entra

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/sts"
)

// deviceV2Response is the answer of the device code endpoint (RFC 8628 3.2).
type deviceV2Response struct {
	UserCode        string `json:"user_code"`
	DeviceCode      string `json:"device_code"`
	VerificationURI string `json:"verification_uri"`
	ExpiresIn       int64  `json:"expires_in"`
	Interval        int64  `json:"interval"`
	Message         string `json:"message"`
}

// deviceV1Response is that of a v1 endpoint, where every value is a string and the address has another name.
type deviceV1Response struct {
	UserCode        string `json:"user_code"`
	DeviceCode      string `json:"device_code"`
	VerificationURL string `json:"verification_url"`
	ExpiresIn       string `json:"expires_in"`
	Interval        string `json:"interval"`
	Message         string `json:"message"`
}

// deviceV2 answers POST /{tenant}/oauth2/v2.0/devicecode.
func (f *front) deviceV2(c *call) (*httpx.Response, error) {
	d, page, message, err := f.device(c, sts.V2)
	if err != nil {
		return nil, err
	}
	return &httpx.Response{Status: http.StatusOK, Body: deviceV2Response{
		UserCode: d.UserCode, DeviceCode: d.DeviceCode, VerificationURI: page, Message: message,
		ExpiresIn: int64(d.Life / time.Second), Interval: int64(d.Interval / time.Second),
	}}, nil
}

// deviceV1 answers POST /{tenant}/oauth2/devicecode.
func (f *front) deviceV1(c *call) (*httpx.Response, error) {
	if c.tenant == "adfs" {
		return f.deviceV2(c)
	}
	d, page, message, err := f.device(c, sts.V1)
	if err != nil {
		return nil, err
	}
	return &httpx.Response{Status: http.StatusOK, Body: deviceV1Response{
		UserCode: d.UserCode, DeviceCode: d.DeviceCode, VerificationURL: page, Message: message,
		ExpiresIn: strconv.FormatInt(int64(d.Life/time.Second), 10), Interval: strconv.FormatInt(int64(d.Interval/time.Second), 10),
	}}, nil
}

func (f *front) device(c *call, v sts.Version) (d sts.DeviceResponse, page, message string, err error) {
	form, err := readForm(c.Request)
	if err != nil {
		return d, "", "", err
	}
	d, err = f.sts.DeviceCode(c.Context(), sts.TokenRequest{Tenant: c.tenant, Version: v, Host: c.Host, Form: form})
	if err != nil {
		return d, "", "", err
	}
	page = f.authority(c, "common") + "/oauth2/deviceauth"
	message = fmt.Sprintf("To sign in, use a web browser to open the page %s and enter the code %s to authenticate.", page, d.UserCode)
	return d, page, message, nil
}

// deviceAuth is the page on which a user finishes the sign-in of a device: /common/oauth2/deviceauth.
func (f *front) deviceAuth(c *call) (*httpx.Response, error) {
	shown := page{Title: "Sign in", Text: "Enter the code displayed on your app or device, and your account.", SignIn: true, Device: true}
	if c.Method != http.MethodPost {
		shown.Code, _ = httpx.Value(c.URL.Query(), "otc")
		return f.render(http.StatusOK, shown)
	}
	form, err := readForm(c.Request)
	if err != nil {
		return nil, err
	}
	name := strings.TrimSpace(form["username"])
	if err := f.sts.ApproveDevice(c.Context(), form["otc"], name, form["password"]); err != nil {
		if shown.Error = refusalText(err); shown.Error == "" {
			return nil, err
		}
		shown.Code, shown.Name = form["otc"], name
		return f.render(http.StatusOK, shown)
	}
	return f.render(http.StatusOK, page{Title: "Signed in", Text: "You have signed in on your device. You may close this window."})
}
