package conformance

import "encoding/json"

// Dataset is the rows of a database before a case.
type Dataset struct {
	Name   string
	Tables map[string][]map[string]any // in every row all columns
}

// LoadDataset reads a dataset by its name.
func LoadDataset(name string) (*Dataset, error) {
	text, err := open("datasets/" + name + ".json.gz")
	if err != nil {
		return nil, err
	}
	defer text.Close()
	d := json.NewDecoder(text)
	d.UseNumber()
	var set Dataset
	return &set, d.Decode(&set)
}
