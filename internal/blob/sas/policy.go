package sas

// Policy is a container's stored access policy, as far as it is set.
type Policy struct {
	Start, Expiry Instant
	Permissions   string
}

// WithPolicy completes the signature by the stored access policy that it names. Each of start, expiry and permissions
// comes from one of the two: a field in both is refused as InvalidQueryParameterValue, one in neither as missing. The
// result is for the checks and grants; verify the signature itself before, on what Parse gave.
func (s Signed) WithPolicy(p Policy) (Signed, error) {
	switch {
	case s.Start.Text != "" && p.Start.Text != "":
		return Signed{}, invalidParameter("st")
	case s.Expiry.Text != "" && p.Expiry.Text != "":
		return Signed{}, invalidParameter("se")
	case s.Permissions != "" && p.Permissions != "":
		return Signed{}, invalidParameter("sp")
	}
	if s.Start.Text == "" {
		s.Start = p.Start
	}
	if s.Expiry.Text == "" {
		s.Expiry = p.Expiry
	}
	if s.Permissions == "" {
		s.Permissions = p.Permissions
	}
	return s, s.checkComplete()
}

// NoPolicy is the refusal of a signature whose stored access policy the container has not.
func NoPolicy() error {
	return unauthenticated("Signature did not match. The stored access policy that the signature names does not exist.")
}
