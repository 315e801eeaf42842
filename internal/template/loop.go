package template

import (
	"maps"
	"strings"
)

// maxCopies is how often a loop may go round. Source: learn.microsoft.com, "Template limits".
const maxCopies = 800

// propertyLoops are the loops that stand for properties: [{name, count, input}].
func propertyLoops(v any) ([]map[string]any, bool) {
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	loops := make([]map[string]any, 0, len(list))
	for _, each := range list {
		loop, ok := each.(map[string]any)
		_, counted := loop["count"]
		_, named := loop["name"].(string)
		if !ok || !counted || !named {
			return nil, false
		}
		loops = append(loops, loop)
	}
	return loops, len(loops) > 0
}

// propertyCopies computes loops into the properties that they stand for.
func (f *frame) propertyCopies(loops []map[string]any, into map[string]any, depth int) error {
	for _, loop := range loops {
		name, err := f.value(loop["name"])
		if err != nil {
			return err
		}
		text, ok := name.(string)
		if !ok {
			return invalid("The name of a copy loop is of type '%s', not a text.", kindOf(name))
		}
		if into[text], err = f.loop(loop, depth); err != nil {
			return err
		}
	}
	return nil
}

// loop computes the elements of one loop over a property or variable.
func (f *frame) loop(loop map[string]any, depth int) (any, error) {
	count, err := f.count(loop["count"])
	if err != nil {
		return nil, err
	}
	name, _ := loop["name"].(string)
	out := make([]any, count)
	for i := range out {
		if out[i], err = f.at(name, int64(i), false).walk(loop["input"], depth+1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (f *frame) count(v any) (int64, error) {
	v, err := f.value(v)
	if err != nil {
		return 0, err
	}
	n, ok := v.(int64)
	if !ok || n < 0 || n > maxCopies {
		text, _ := asText(v)
		return 0, invalid("The copy count '%s' is not valid: it must be a whole number from 0 to %d. Please see https://aka.ms/arm-copy for "+
			"usage details.", clip(text), maxCopies)
	}
	return n, nil
}

// at is the frame inside of one round of a loop. That of a resource is also meant where no loop is named.
func (f *frame) at(name string, i int64, ofResource bool) *frame {
	inner := *f
	inner.copies = maps.Clone(f.copies)
	if inner.copies == nil {
		inner.copies = map[string]int64{}
	}
	inner.copies[strings.ToLower(name)] = i
	if _, outer := inner.copies[""]; !outer || ofResource {
		inner.copies[""] = i
	}
	return &inner
}
