package blob

import "github.com/alcedo-cloud/alcedo/internal/blob/tags"

// matchTags works out x-ms-if-tags.
func matchTags(expression string, of map[string]string) (bool, error) {
	e, err := tags.ParseCondition(expression)
	if err != nil {
		return false, err
	}
	return e.Holds(of), nil
}
