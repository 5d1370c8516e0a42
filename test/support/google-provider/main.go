// Prints for each type of resource which of its arguments cannot be changed in place, as the provider's own schema has it.
package main

import (
	"encoding/json"
	"log"
	"os"
	"sort"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-provider-google/google/provider"
)

func main() {
	resources := provider.ResourceMap()
	facts := map[string][]string{}
	for _, name := range os.Args[1:] {
		resource, known := resources[name]
		if !known {
			log.Printf("no type %s", name)
			continue
		}
		facts[name] = immutable(resource.Schema, "", false)
	}
	text, err := json.MarshalIndent(facts, "", "  ")
	if err != nil {
		log.Fatal(err)
	}
	os.Stdout.Write(append(text, '\n'))
}

func immutable(arguments map[string]*schema.Schema, prefix string, below bool) []string {
	found := []string{}
	for name, argument := range arguments {
		if !argument.Required && !argument.Optional {
			continue
		}
		if argument.ForceNew && !below {
			found = append(found, prefix+name)
		}
		if block, isBlock := argument.Elem.(*schema.Resource); isBlock {
			found = append(found, immutable(block.Schema, prefix+name+".", below || argument.ForceNew)...)
		}
	}
	sort.Strings(found)
	return found
}
