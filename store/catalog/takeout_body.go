package catalog

// takeoutBody are the families of the body (takeout-archive.md section 5). Records of weight
// and the rows that Google added tell the same readings, each with what the other lacks.
var takeoutBody = []Family{
	{Name: "weight.json", Stems: []string{"weight.json", "weight.csv", "body_fat.csv"}, Cover: 30, Held: takeoutWeighed},
	{Name: "height.csv", Stems: []string{"height"}, Ext: ".csv", Held: heldJoined(takeoutHeights)},
	{Name: "height.json", Stems: []string{"height"}, Ext: ".json", Held: heldBy(takeoutOldHeights)},

	// Files of whole months that say: no data.
	{Name: "glucose.csv", Stems: []string{"Glucose"}, Ext: ".csv"},
}
