package compute

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// object is a JSON object of a document's properties.
type object = map[string]any

// child is the object under name; nil where there is none.
func child(o object, name string) object {
	c, ok := o[name].(object)
	if !ok {
		return nil
	}
	return c
}

func text(o object, name string) string {
	s, ok := o[name].(string)
	if !ok {
		return ""
	}
	return s
}

// checkMachineName holds the rule of machines' and scale sets' names.
func checkMachineName(name string) error {
	valid := name != "" && utf8.RuneCountInString(name) <= 64 && utf8.ValidString(name) && !strings.HasPrefix(name, "_") &&
		!strings.HasSuffix(name, ".") && !strings.HasSuffix(name, "-")
	for i, r := range name {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && (i == 0 || r != '_' && r != '-' && r != '.') {
			valid = false
		}
	}
	if valid {
		return nil
	}
	return parameter("name", `The entity name '%s' is invalid according to its validation rule: ^[^_\W][\w\-._]{0,79}(?<![-.])$.`, name)
}

// putMachine validates a virtual machine and completes it as Azure shows it.
func (p *provider) putMachine(ctx context.Context, ch *resource.Change) error {
	props := ch.New.Properties
	for _, name := range []string{"hardwareProfile", "storageProfile", "networkProfile"} {
		if child(props, name) == nil {
			return missing(name)
		}
	}
	if err := checkSize(child(props, "hardwareProfile")); err != nil {
		return err
	}
	if err := p.keep(ch); err != nil {
		return err
	}
	if err := storage(props, ch.New.Name, ch.New.ID); err != nil {
		return err
	}
	if err := osProfile(ch); err != nil {
		return err
	}
	return p.Identities.Apply(ctx, ch)
}

func checkSize(hardware object) error {
	size, sent := hardware["vmSize"]
	if !sent {
		return missing("hardwareProfile.vmSize")
	}
	name, ok := size.(string)
	if !ok || name == "" || len(name) > 64 || strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		return parameter("vmSize", "The value %v provided for the VM size is not valid.", size)
	}
	return nil
}

// keep overwrites what only Azure sets, with what the stored machine has or, for a new one, with fresh values.
func (p *provider) keep(ch *resource.Change) error {
	props := ch.New.Properties
	for _, readOnly := range []string{"instanceView", "vmId", "timeCreated", "provisioningState"} {
		delete(props, readOnly)
	}
	props["provisioningState"] = "Succeeded"
	if ch.Old != nil {
		props["vmId"], props["timeCreated"] = ch.Old.Properties["vmId"], ch.Old.Properties["timeCreated"]
		ch.New.Hidden = ch.Old.Hidden
		return nil
	}
	id, err := p.newID()
	if err != nil {
		return err
	}
	props["vmId"], props["timeCreated"] = id, stamp(ch.Call.Now)
	ch.New.Hidden = object{hiddenPower: powerRunning}
	return nil
}

// stamp is a time as the compute provider shows it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.0000000+00:00") }

// storage fills in what Azure decides about disks.
func storage(props object, name, id string) error {
	profile := child(props, "storageProfile")
	image := child(profile, "imageReference")
	disk := child(profile, "osDisk")
	if disk == nil {
		if image == nil {
			return missing("osDisk")
		}
		disk = object{}
		profile["osDisk"] = disk
	}
	option := text(disk, "createOption")
	if option == "" {
		if image == nil {
			return missing("osDisk.createOption")
		}
		option = "FromImage"
		disk["createOption"] = option
	}
	if strings.EqualFold(option, "FromImage") && image == nil && child(disk, "image") == nil {
		return missing("imageReference")
	}
	absent(disk, "osType", osType(props, image))
	absent(disk, "caching", "ReadWrite")
	absent(disk, "deleteOption", "Detach")
	absent(disk, "diskSizeGB", diskSize(text(disk, "osType")))
	suffix := strings.ReplaceAll(text(props, "vmId"), "-", "")
	absent(disk, "name", name+"_OsDisk_1_"+suffix)
	if child(disk, "vhd") == nil {
		managed := child(disk, "managedDisk")
		if managed == nil {
			managed = object{}
			disk["managedDisk"] = managed
		}
		absent(managed, "storageAccountType", "Standard_LRS")
		if group, _, ok := strings.Cut(id, "/providers/"); ok {
			absent(managed, "id", group+"/providers/"+Namespace+"/disks/"+text(disk, "name"))
		}
	}
	absent(profile, "dataDisks", []any{})
	return nil
}

func absent(o object, name string, value any) {
	if o[name] == nil {
		o[name] = value
	}
}

func osType(props, image object) string {
	profile := child(props, "osProfile")
	switch {
	case child(profile, "windowsConfiguration") != nil:
		return "Windows"
	case child(profile, "linuxConfiguration") != nil:
		return "Linux"
	case strings.Contains(strings.ToLower(text(image, "publisher")+text(image, "offer")), "windows"):
		return "Windows"
	}
	return "Linux"
}

func diskSize(os string) any {
	if strings.EqualFold(os, "Windows") {
		return 127
	}
	return 30
}

// osProfile holds the rules of a machine's operating system: needed for an image, not to be changed afterwards, and its
// secrets are never shown again.
func osProfile(ch *resource.Change) error {
	profile := child(ch.New.Properties, "osProfile")
	var old object
	if ch.Old != nil {
		old = child(ch.Old.Properties, "osProfile")
	}
	if profile == nil {
		fromImage := strings.EqualFold(text(child(child(ch.New.Properties, "storageProfile"), "osDisk"), "createOption"), "FromImage")
		switch {
		case old != nil:
			return unchangeable("osProfile")
		case fromImage && ch.Old == nil:
			return missing("osProfile")
		}
		return nil
	}
	if text(profile, "adminUsername") == "" && old == nil {
		return missing("osProfile.adminUsername")
	}
	absent(profile, "computerName", ch.New.Name)
	if err := sealed(ch, profile); err != nil {
		return err
	}
	for _, name := range []string{"adminUsername", "computerName"} {
		if old == nil {
			continue
		}
		if sent := text(profile, name); sent != "" && sent != text(old, name) {
			return unchangeable("osProfile." + name)
		}
		profile[name] = old[name]
	}
	configure(profile, text(child(child(ch.New.Properties, "storageProfile"), "osDisk"), "osType"))
	return nil
}

// sealed takes the write-only members out. Custom data may be sent again, but not changed.
func sealed(ch *resource.Change, profile object) error {
	delete(profile, "adminPassword")
	data, sent := profile["customData"]
	delete(profile, "customData")
	if !sent || data == nil {
		return nil
	}
	encoded, ok := data.(string)
	if _, err := base64.StdEncoding.DecodeString(encoded); !ok || err != nil {
		return parameter("customData", "Custom data in OS Profile must be in Base64 encoding and with a maximum length of 87380 characters.")
	}
	sum := sha256.Sum256([]byte(encoded))
	digest := hex.EncodeToString(sum[:])
	if ch.Old != nil && ch.Old.Hidden[hiddenCustomData] != digest {
		return unchangeable("osProfile.customData")
	}
	ch.New.Hidden[hiddenCustomData] = digest
	return nil
}

func configure(profile object, os string) {
	absent(profile, "secrets", []any{})
	absent(profile, "allowExtensionOperations", true)
	absent(profile, "requireGuestProvisionSignal", true)
	if strings.EqualFold(os, "Windows") {
		absent(profile, "windowsConfiguration", object{"provisionVMAgent": true, "enableAutomaticUpdates": true})
		return
	}
	absent(profile, "linuxConfiguration", object{"disablePasswordAuthentication": false, "provisionVMAgent": true})
}
