package imds

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
)

func (m machine) storageProfile() node {
	profile := m.at("storageProfile")
	reference := dig(profile, "imageReference")
	disks := list()
	if all, ok := dig(profile, "dataDisks").([]any); ok {
		for _, d := range all {
			disks.items = append(disks.items, m.dataDisk(d))
		}
	}
	return m.object(
		field{"dataDisks", "", disks},
		field{"imageReference", "", m.object(
			field{"id", "", say(dig(reference, "id"))},
			field{"offer", "", say(dig(reference, "offer"))},
			field{"publisher", "", say(dig(reference, "publisher"))},
			field{"sku", "", say(dig(reference, "sku"))},
			field{"version", "", say(dig(reference, "version"))},
		)},
		field{"osDisk", "", m.osDisk(dig(profile, "osDisk"))},
		field{"resourceDisk", "2021-02-01", m.object(field{"size", "", text("0")})},
	)
}

func (m machine) osDisk(d any) node {
	key := func(path ...string) node { return say(dig(d, append([]string{"encryptionSettings"}, path...)...)) }
	return m.object(
		field{"caching", "", say(dig(d, "caching"))},
		field{"createOption", "", say(dig(d, "createOption"))},
		field{"diffDiskSettings", "", m.object(field{"option", "", say(dig(d, "diffDiskSettings", "option"))})},
		field{"diskSizeGB", "", say(dig(d, "diskSizeGB"))},
		field{"encryptionSettings", "", m.object(
			field{"diskEncryptionKey", "2021-11-01", m.object(
				field{"secretUrl", "", key("diskEncryptionKey", "secretUrl")},
				field{"sourceVault", "", m.object(field{"id", "", key("diskEncryptionKey", "sourceVault", "id")})},
			)},
			field{"enabled", "", falseUnless(key("enabled"))},
			field{"keyEncryptionKey", "2021-11-01", m.object(
				field{"keyUrl", "", key("keyEncryptionKey", "keyUrl")},
				field{"sourceVault", "", m.object(field{"id", "", key("keyEncryptionKey", "sourceVault", "id")})},
			)},
		)},
		field{"image", "", m.object(field{"uri", "", say(dig(d, "image", "uri"))})},
		field{"managedDisk", "", m.managedDisk(d)},
		field{"name", "", say(dig(d, "name"))},
		field{"osType", "", say(dig(d, "osType"))},
		field{"vhd", "", m.object(field{"uri", "", say(dig(d, "vhd", "uri"))})},
		field{"writeAcceleratorEnabled", "", falseUnless(say(dig(d, "writeAcceleratorEnabled")))},
	)
}

func (m machine) dataDisk(d any) node {
	return m.object(
		field{"bytesPerSecondThrottle", "2021-05-01", text("")},
		field{"caching", "", say(dig(d, "caching"))},
		field{"createOption", "", say(dig(d, "createOption"))},
		field{"diskCapacityBytes", "2021-05-01", text("")},
		field{"diskSizeGB", "", say(dig(d, "diskSizeGB"))},
		field{"image", "", m.object(field{"uri", "", say(dig(d, "image", "uri"))})},
		field{"isSharedDisk", "2021-05-01", text("false")},
		field{"isUltraDisk", "2021-05-01", text("false")},
		field{"lun", "", say(dig(d, "lun"))},
		field{"managedDisk", "", m.managedDisk(d)},
		field{"name", "", say(dig(d, "name"))},
		field{"opsPerSecondThrottle", "2021-05-01", text("")},
		field{"vhd", "", m.object(field{"uri", "", say(dig(d, "vhd", "uri"))})},
		field{"writeAcceleratorEnabled", "", falseUnless(say(dig(d, "writeAcceleratorEnabled")))},
	)
}

func (m machine) managedDisk(d any) node {
	return m.object(
		field{"id", "", say(dig(d, "managedDisk", "id"))},
		field{"storageAccountType", "", say(dig(d, "managedDisk", "storageAccountType"))},
	)
}

func falseUnless(n node) node {
	if n.text == "" {
		return text("false")
	}
	return n
}

// named is a plan or a sku.
type named struct{ Name, Product, Publisher string }

// decodePlan reads a member that Resource Manager has checked to be JSON; of another shape it is empty.
func decodePlan(raw json.RawMessage) (n named) {
	if err := json.Unmarshal(raw, &n); err != nil {
		return named{}
	}
	return n
}

// network shows one interface for each that the machine names. Virtual networks are not modelled: the addresses are
// those that a new virtual network would give first, the MAC is the machine's own and stays the same.
func (m machine) network() node {
	n := list()
	interfaces, ok := m.at("networkProfile", "networkInterfaces").([]any)
	if !ok {
		interfaces = nil
	}
	for i := range max(len(interfaces), 1) {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", m.say("vmId").text, i))
		n.items = append(n.items, m.object(
			field{"ipv4", "", m.object(
				field{"ipAddress", "", list(m.object(
					field{"privateIpAddress", "", text(fmt.Sprintf("10.%d.0.4", i%256))},
					field{"publicIpAddress", "", text("")},
				))},
				field{"subnet", "", list(m.object(
					field{"address", "", text(fmt.Sprintf("10.%d.0.0", i%256))},
					field{"prefix", "", text("24")},
				))},
			)},
			field{"ipv6", "", m.object(field{"ipAddress", "", list()})},
			field{"macAddress", "", text("000D3A" + strings.ToUpper(fmt.Sprintf("%x", sum[:3])))},
		))
	}
	return m.object(field{"interface", "", n})
}
