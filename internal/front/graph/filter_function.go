package graph

import "strings"

// function is startswith or endswith. variable, where given, stands for a member of the collection that a lambda is
// about; the predicate then takes that member.
func (p *filterParser) function(name string, variable *string) (predicate, error) {
	if err := p.symbol("("); err != nil {
		return nil, err
	}
	subject := p.take()
	if subject.kind != wordName {
		return nil, errFilter()
	}
	get := func(o any) any { return o }
	if variable == nil {
		prop, err := p.property(subject.text)
		if err != nil {
			return nil, err
		}
		if prop.kind != text {
			return nil, errFilter()
		}
		get = prop.get
	} else if subject.text != *variable {
		return nil, errFilter()
	}
	if err := p.symbol(","); err != nil {
		return nil, err
	}
	arg := p.take()
	if arg.kind != wordString {
		return nil, errFilter()
	}
	if err := p.symbol(")"); err != nil {
		return nil, err
	}
	want := strings.ToLower(arg.text)
	var test func(s, part string) bool
	switch strings.ToLower(name) {
	case "startswith":
		test = strings.HasPrefix
	case "endswith":
		if !p.advanced {
			return nil, unsupported("Operator 'endsWith' is not supported because the required parameters might be missing. Try adding $count=true to your query parameters and the header ConsistencyLevel:eventual to your request.")
		}
		test = strings.HasSuffix
	case "contains":
		return nil, unsupported("Unsupported property filter clause operator 'Contains'.")
	default:
		return nil, errFilter()
	}
	return func(o any) bool {
		s, ok := get(o).(string)
		return ok && test(strings.ToLower(s), want)
	}, nil
}

// lambda is collection/any(x:x eq 'v') or collection/any(x:startswith(x,'v')).
func (p *filterParser) lambda(name string) (predicate, error) {
	prop, err := p.property(name)
	if err != nil {
		return nil, err
	}
	if prop.kind != texts || !p.keyword("any") {
		return nil, errFilter()
	}
	if err := p.symbol("("); err != nil {
		return nil, err
	}
	variable := p.take()
	if variable.kind != wordName {
		return nil, errFilter()
	}
	if err := p.symbol(":"); err != nil {
		return nil, err
	}
	subject := p.take()
	if subject.kind != wordName {
		return nil, errFilter()
	}
	var member predicate
	if subject.text == variable.text && p.keyword("eq") {
		value := p.take()
		if value.kind != wordString {
			return nil, errFilter()
		}
		member = func(o any) bool { return equal(o, value.text) }
	} else if member, err = p.function(subject.text, &variable.text); err != nil {
		return nil, err
	}
	if err := p.symbol(")"); err != nil {
		return nil, err
	}
	return func(o any) bool {
		list, _ := prop.get(o).([]string)
		for _, s := range list {
			if member(s) {
				return true
			}
		}
		return false
	}, nil
}
