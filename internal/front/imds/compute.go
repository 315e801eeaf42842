package imds

import (
	"sort"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/identity"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// machine is the document of a virtual machine or scale-set instance, read as one api-version shows it.
type machine struct {
	builder
	cloud cloud.Cloud
	id    resource.ID
	doc   *resource.Document
}

func (m machine) tree() node {
	return m.object(
		field{"compute", "", m.compute()},
		field{"network", "", m.network()},
	)
}

// at is the value below the document's properties; nil where there is none.
func (m machine) at(path ...string) any { return dig(m.doc.Properties, path...) }

func dig(v any, path ...string) any {
	for _, step := range path {
		object, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		if v, ok = object[step]; !ok {
			return nil
		}
	}
	return v
}

// say is a value as the tree shows it: absent is "".
func say(v any) node {
	switch v := v.(type) {
	case string:
		return text(v)
	case bool:
		return text(strconv.FormatBool(v))
	case float64:
		return text(strconv.FormatFloat(v, 'f', -1, 64))
	case int:
		return text(strconv.Itoa(v))
	}
	return text("")
}

func (m machine) say(path ...string) node { return say(m.at(path...)) }

// or is say, with what Azure shows where the property is absent.
func (m machine) or(absent string, path ...string) node {
	if n := m.say(path...); n.text != "" {
		return n
	}
	return text(absent)
}

func (m machine) compute() node {
	image := func(name string) node { return m.say("storageProfile", "imageReference", name) }
	return m.object(
		field{"additionalCapabilities", "2021-11-01", m.object(
			field{"hibernationEnabled", "", m.or("false", "additionalCapabilities", "hibernationEnabled")},
		)},
		field{"azEnvironment", "2018-10-01", text(m.cloud.IMDSName)},
		field{"customData", "2019-02-01", text("")},
		field{"evictionPolicy", "2020-12-01", m.say("evictionPolicy")},
		field{"extendedLocation", "2021-03-01", m.object(
			field{"name", "", text("")}, field{"type", "", text("")},
		)},
		field{"host", "2021-11-15", m.object(field{"id", "", m.say("host", "id")})},
		field{"hostGroup", "2021-11-15", m.object(field{"id", "", m.say("hostGroup", "id")})},
		field{"isHostCompatibilityLayerVm", "2020-06-01", text("false")},
		field{"licenseType", "2020-09-01", m.say("licenseType")},
		field{"location", "", text(m.doc.Location)},
		field{"name", "", text(m.doc.Name)},
		field{"offer", "", image("offer")},
		field{"osProfile", "2020-07-15", m.osProfile()},
		field{"osType", "", m.say("storageProfile", "osDisk", "osType")},
		field{"placementGroupId", "2017-08-01", text("")},
		field{"plan", "2018-04-02", m.plan()},
		field{"platformFaultDomain", "", text("0")},
		field{"platformSubFaultDomain", "2021-10-01", text("")},
		field{"platformUpdateDomain", "", text("0")},
		field{"priority", "2020-12-01", m.say("priority")},
		field{"provider", "2018-10-01", text(m.id.Namespace)},
		field{"publicKeys", "2018-04-02", m.publicKeys()},
		field{"publisher", "", image("publisher")},
		field{"resourceGroupName", "2017-08-01", text(m.id.Group)},
		field{"resourceId", "2019-03-11", text(m.doc.ID)},
		field{"securityProfile", "2020-06-01", m.securityProfile()},
		field{"sku", "", image("sku")},
		field{"storageProfile", "2019-06-01", m.storageProfile()},
		field{"subscriptionId", "2017-08-01", text(m.id.Subscription)},
		field{"tags", "2017-08-01", text(m.tags())},
		field{"tagsList", "2019-06-04", m.tagsList()},
		field{"userData", "2021-01-01", m.say("userData")},
		field{"version", "", image("version")},
		field{"virtualMachineScaleSet", "2021-03-01", m.object(
			field{"id", "", m.say("virtualMachineScaleSet", "id")},
		)},
		field{"vmId", "", m.say("vmId")},
		field{"vmScaleSetName", "2017-12-01", text(m.scaleSet())},
		field{"vmSize", "", m.size()},
		field{"zone", "2017-12-01", text(strings.Join(m.doc.Zones, ","))},
	)
}

func (m machine) osProfile() node {
	return m.object(
		field{"adminUsername", "", m.say("osProfile", "adminUsername")},
		field{"computerName", "", m.say("osProfile", "computerName")},
		field{"disablePasswordAuthentication", "2020-10-01", m.say("osProfile", "linuxConfiguration", "disablePasswordAuthentication")},
	)
}

func (m machine) plan() node {
	var plan named
	if len(m.doc.Plan) > 0 {
		plan = decodePlan(m.doc.Plan)
	}
	return m.object(
		field{"name", "", text(plan.Name)},
		field{"product", "", text(plan.Product)},
		field{"publisher", "", text(plan.Publisher)},
	)
}

func (m machine) publicKeys() node {
	keys, ok := m.at("osProfile", "linuxConfiguration", "ssh", "publicKeys").([]any)
	n := list()
	if !ok {
		return n
	}
	for _, key := range keys {
		n.items = append(n.items, m.object(
			field{"keyData", "", say(dig(key, "keyData"))},
			field{"path", "", say(dig(key, "path"))},
		))
	}
	return n
}

func (m machine) securityProfile() node {
	return m.object(
		field{"encryptionAtHost", "2021-11-01", m.or("false", "securityProfile", "encryptionAtHost")},
		field{"secureBootEnabled", "", m.or("false", "securityProfile", "uefiSettings", "secureBootEnabled")},
		field{"securityType", "2021-12-13", m.say("securityProfile", "securityType")},
		field{"virtualTpmEnabled", "", m.or("false", "securityProfile", "uefiSettings", "vTpmEnabled")},
	)
}

// size is hardwareProfile.vmSize; of an instance whose scale set decides it, the set's.
func (m machine) size() node {
	if n := m.say("hardwareProfile", "vmSize"); n.text != "" || len(m.doc.SKU) == 0 {
		return n
	}
	return text(decodePlan(m.doc.SKU).Name)
}

// scaleSet is the name of the scale set of an instance.
func (m machine) scaleSet() string {
	if len(m.id.Names) == 2 && strings.EqualFold(m.id.FullType(), identity.InstanceType) {
		return m.id.Names[0]
	}
	return ""
}

// tagNames are the names of the tags in order.
func (m machine) tagNames() []string {
	names := make([]string, 0, len(m.doc.Tags))
	for name := range m.doc.Tags {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func (m machine) tags() string {
	pairs := make([]string, 0, len(m.doc.Tags))
	for _, name := range m.tagNames() {
		pairs = append(pairs, name+":"+m.doc.Tags[name])
	}
	return strings.Join(pairs, ";")
}

func (m machine) tagsList() node {
	n := list()
	for _, name := range m.tagNames() {
		n.items = append(n.items, m.object(field{"name", "", text(name)}, field{"value", "", text(m.doc.Tags[name])}))
	}
	return n
}
