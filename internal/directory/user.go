package directory

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// User is a person. It must not be changed once the directory has it.
type User struct {
	ObjectID          string                     `json:"id"` // GUID; "" has CreateUser draw one
	UserPrincipalName string                     `json:"userPrincipalName"`
	DisplayName       string                     `json:"displayName"`
	MailNickname      string                     `json:"mailNickname"`
	UserType          string                     `json:"userType"` // Member or Guest; "" is Member
	Disabled          bool                       `json:"disabled,omitempty"`
	Administrator     bool                       `json:"administrator,omitempty"` // Global Administrator
	Created           time.Time                  `json:"created"`
	Properties        map[string]json.RawMessage `json:"properties,omitempty"` // kept for clients, without a meaning here

	PasswordHash string `json:"passwordHash,omitempty"` // see password.go; "" signs nobody in
	Password     string `json:"-"`                      // for CreateUser, which hashes it
	Generated    bool   `json:"-"`                      // Password comes from NewPassword; a fast hash is enough for it
}

func (u *User) ref() (kind, id string) { return kindUser, u.ObjectID }

func (u *User) names() []uniqueName {
	return []uniqueName{{spaceUPN, strings.ToLower(u.UserPrincipalName)}}
}

func (u *User) principal() Principal {
	return Principal{
		ObjectID: u.ObjectID, Type: TypeUser, DisplayName: u.DisplayName, UserPrincipalName: u.UserPrincipalName,
		Enabled: !u.Disabled, Administrator: u.Administrator,
	}
}

// CreateUser adds a user. The result has neither the password nor its hash.
func (s *Service) CreateUser(tx store.Tx, u User) (User, error) {
	var err error
	if u.ObjectID == "" {
		if u.ObjectID, err = s.newID(); err != nil {
			return User{}, err
		}
	}
	u.ObjectID = canonical(u.ObjectID)
	name, _, _ := strings.Cut(u.UserPrincipalName, "@")
	if u.DisplayName == "" {
		u.DisplayName = name
	}
	if u.MailNickname == "" {
		u.MailNickname = name
	}
	if u.UserType == "" {
		u.UserType = "Member"
	}
	if u.Created.IsZero() {
		u.Created = s.clock.Now()
	}
	if err := u.check(); err != nil {
		return User{}, err
	}
	if u.Password != "" {
		if u.PasswordHash, err = s.hash(u.Password, u.Generated); err != nil {
			return User{}, err
		}
	}
	u.Password, u.Generated = "", false
	stored := u
	if err := s.insert(tx, &stored); err != nil {
		return User{}, fault.Wrap("directory.CreateUser", err)
	}
	u.PasswordHash = ""
	return u, nil
}

// check holds the rules of a user's own properties.
func (u *User) check() error {
	name, domain, ok := strings.Cut(u.UserPrincipalName, "@")
	if !ok || name == "" || domain == "" || len(u.UserPrincipalName) > 113 || strings.ContainsAny(u.UserPrincipalName, " \x00/\\?#%,;:()<>[]\"") {
		return invalid("userPrincipalName", "Property userPrincipalName is invalid.")
	}
	if u.DisplayName == "" || len(u.DisplayName) > 256 {
		return invalid("displayName", "Invalid value specified for property 'displayName' of resource 'User'.")
	}
	if u.UserType != "Member" && u.UserType != "Guest" {
		return invalid("userType", "Invalid value specified for property 'userType' of resource 'User'.")
	}
	return nil
}

// UserByName finds a user by principal name, in any case.
func (s *Service) UserByName(ctx context.Context, userPrincipalName string) (User, bool, error) {
	st, err := s.mirror.View(ctx)
	if err != nil {
		return User{}, false, fault.Wrap("directory.UserByName", err)
	}
	st.mu.RLock()
	defer st.mu.RUnlock()
	u, ok := st.users[st.names[uniqueName{spaceUPN, strings.ToLower(userPrincipalName)}]]
	if !ok {
		return User{}, false, nil
	}
	return u.shown(), true, nil
}

// UserByID finds a user by object id.
func (s *Service) UserByID(ctx context.Context, objectID string) (User, bool, error) {
	st, err := s.mirror.View(ctx)
	if err != nil {
		return User{}, false, fault.Wrap("directory.UserByID", err)
	}
	st.mu.RLock()
	defer st.mu.RUnlock()
	u, ok := st.users[canonical(objectID)]
	if !ok {
		return User{}, false, nil
	}
	return u.shown(), true, nil
}

// shown is the user without the hash of the password.
func (u *User) shown() User {
	out := *u
	out.PasswordHash = ""
	return out
}
