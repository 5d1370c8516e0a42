// Prints the provider's own schema of types of resources (azurerm_…), of data (data.azurerm_…) and of the provider itself (provider): their arguments,
// which are required, which cannot be changed in place, and which exclude each other.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"sort"
	"strings"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-provider-azurerm/internal/provider"
)

func main() {
	azurerm := provider.AzureProvider()
	all := map[string]map[string]*schema.Schema{"provider": azurerm.Schema}
	for name, resource := range azurerm.ResourcesMap {
		all[name] = resource.SchemaMap()
	}
	for name, data := range azurerm.DataSourcesMap {
		all["data."+name] = data.SchemaMap()
	}
	names := os.Args[1:]
	sort.Strings(names)
	lines := []string{}
	for _, name := range names {
		known, found := all[name]
		if !found {
			log.Printf("no type %s", name)
			continue
		}
		text, err := json.Marshal(arguments(known))
		if err != nil {
			log.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf(" %q: %s", name, text))
	}
	fmt.Printf("{\n%s\n}\n", strings.Join(lines, ",\n"))
}

// An argument is a text of its flags and kind, `rf string`, or an object where it has a block or limits.
func arguments(all map[string]*schema.Schema) map[string]any {
	found := map[string]any{}
	for name, argument := range all {
		is := flags(argument) + " " + kind(argument.Type)
		more := map[string]any{}
		switch of := argument.Elem.(type) {
		case *schema.Resource:
			more["block"] = arguments(of.SchemaMap())
		case *schema.Schema:
			is += " of " + kind(of.Type)
		}
		for limit, value := range map[string]int{"max": argument.MaxItems, "min": argument.MinItems} {
			if value != 0 {
				more[limit] = value
			}
		}
		for limit, names := range map[string][]string{
			"conflictsWith": argument.ConflictsWith, "exactlyOneOf": argument.ExactlyOneOf,
			"atLeastOneOf": argument.AtLeastOneOf, "requiredWith": argument.RequiredWith,
		} {
			if len(names) != 0 {
				more[limit] = names
			}
		}
		if len(more) == 0 {
			found[name] = is
		} else {
			more["is"] = is
			found[name] = more
		}
	}
	return found
}

// r required, o optional, c computed, f cannot be changed in place, d deprecated, s sensitive, w write-only.
func flags(argument *schema.Schema) string {
	var letters strings.Builder
	for _, each := range []struct {
		letter byte
		yes    bool
	}{
		{'r', argument.Required}, {'o', argument.Optional}, {'c', argument.Computed}, {'f', argument.ForceNew},
		{'d', argument.Deprecated != ""}, {'s', argument.Sensitive}, {'w', argument.WriteOnly},
	} {
		if each.yes {
			letters.WriteByte(each.letter)
		}
	}
	return letters.String()
}

func kind(of schema.ValueType) string {
	return map[schema.ValueType]string{
		schema.TypeBool: "bool", schema.TypeInt: "number", schema.TypeFloat: "number", schema.TypeString: "string",
		schema.TypeList: "list", schema.TypeSet: "set", schema.TypeMap: "map",
	}[of]
}
