package rules

// waiverExpired is reported where waivers are applied, after all rules ran.
var waiverExpired = Rule{
	ID: "waiver-expired", Class: ClassComparison, Severity: Warning, Since: "0.1",
	Title: "A waiver has expired, and what it accepted is still there",
	Why:   "A waiver is a promise with a date. The date is past, the finding has not gone away, and it counts again.",
	Fix:   "Fix the finding, or extend the waiver on purpose, with a reason.",
	Refs:  []string{"tlschain's waivers file"},
	Japanese: Text{
		Title: "除外の期限が切れたが、対象がまだ残っている",
		Why:   "除外は期限付きの約束です。期限を過ぎても解消されていないため、再び数えます。",
		Fix:   "問題を直すか、理由を付けて期限を延長してください。",
		Says: map[string]string{
			"Fix %s, or give the waiver a new date.": "%[1]s を直すか、除外の期限を改めてください。",
		},
	},
}
