package otelmap

import "strings"

// The tables that are not plain lists of keys are made ready here: keys become
// slots, prefixes sets, paths lists.

func (m *Mapper) prepareFields() {
	ring := m.rings.span
	for i := range m.rules.Names {
		row := &m.rules.Names[i]
		m.names = append(m.names, nameRule{m.rings.lookup(row.KeyRow), slotOf(ring, row.Before)})
	}
	for i := range m.rules.Types {
		row := &m.rules.Types[i]
		m.types = append(m.types, typeRule{row, slotOf(ring, row.Key), slotOf(ring, row.Else)})
	}
	for i := range m.rules.Payloads {
		m.payloads = append(m.payloads, m.rings.payload(&m.rules.Payloads[i]))
	}
	for i := range m.rules.Tools {
		rule := toolRule{ToolRow: &m.rules.Tools[i]}
		switch rule.How {
		case ToolAttribute, ToolMember:
			rule.slot = ring.slot(rule.Key)
		case ToolIndexed:
			rule.prefix = ring.prefix(rule.Key)
		}
		m.tools = append(m.tools, rule)
	}
	for _, row := range m.rules.Environments {
		m.environments = append(m.environments, environmentRule{m.rings.lookup(row.KeyRow), row.Judge})
	}
	for i := range m.rules.Experiments {
		row := &m.rules.Experiments[i]
		rule := experimentRule{ExperimentRow: row, lookup: m.rings.lookup(row.KeyRow)}
		m.experimentPrefix |= ring.prefix(row.Key)
		if row.How == ExperimentMap {
			rule.prefix = ring.prefix(row.Key + ".")
		}
		m.experiments = append(m.experiments, rule)
	}
}

func (m *Mapper) prepareModel() {
	ring := m.rings.span
	for i := range m.rules.Models {
		row := &m.rules.Models[i]
		m.models = append(m.models, modelRule{row, m.rings.lookup(row.KeyRow), slotOf(ring, row.WhenKey)})
	}
	for i := range m.rules.Suppressed {
		row := &m.rules.Suppressed[i]
		m.suppressed = append(m.suppressed, suppressRule{row, slotOf(ring, row.Key), slotOf(ring, row.With)})
	}
	for i := range m.rules.Parameters {
		rule := parameterRule{ParameterRow: &m.rules.Parameters[i]}
		if rule.How == ParameterPrefix {
			rule.prefix = ring.prefix(rule.Key)
		} else {
			rule.slot = ring.slot(rule.Key)
		}
		rule.path = pathOf(rule.Member)
		m.parameters = append(m.parameters, rule)
	}
	for i := range m.rules.ParameterKeys {
		row := &m.rules.ParameterKeys[i]
		m.parameterKeys = append(m.parameterKeys, parameterKeyRule{row, ring.slot(row.Key), pathOf(row.Member)})
	}
	for _, row := range m.rules.CompletionStarts {
		m.completionStarts = append(m.completionStarts, completionRule{m.rings.lookup(row.KeyRow), row.How})
	}
	for _, row := range m.rules.PromptNames {
		m.promptNames = append(m.promptNames, memberRule{m.rings.lookup(row.KeyRow), row.Member})
	}
	for _, row := range m.rules.PromptVersions {
		m.promptVersions = append(m.promptVersions, memberRule{m.rings.lookup(row.KeyRow), row.Member})
	}
}

func (m *Mapper) prepareUsage() {
	ring := m.rings.span
	for _, row := range m.rules.Usages {
		rule := usageRule{how: row.How, name: row.Name}
		if row.How == UsageObject {
			rule.slot = ring.slot(row.Key)
		}
		m.usages = append(m.usages, rule)
	}
	for i := range m.rules.UsagePrefixes {
		row := &m.rules.UsagePrefixes[i]
		m.usagePrefixes = append(m.usagePrefixes, usagePrefixRule{row, ring.prefix(row.Prefix)})
	}
	for i := range m.rules.UsageMembers {
		row := &m.rules.UsageMembers[i]
		m.usageMembers = append(m.usageMembers, usageMemberRule{row, ring.slot(row.Key), pathOf(row.Member)})
	}
	for i, row := range m.rules.UsageAliases {
		m.usageAliases[row.Alias] = i
	}
	for _, row := range m.rules.UsageParts {
		m.knownEntries[row.Part] = true
	}
	for i := range m.rules.Inclusions {
		row := &m.rules.Inclusions[i]
		rule := inclusionRule{InclusionRow: row, slot: slotOf(ring, row.Key), alias: -1}
		if order, ok := m.usageAliases[row.Count]; ok {
			rule.alias = order
		}
		m.inclusions = append(m.inclusions, rule)
	}
	m.details = newDetails(&m.rules, ring)
	for _, row := range m.rules.Costs {
		m.costs = append(m.costs, costRule{row.How, ring.slot(row.Key), row.Name})
	}
}

func (m *Mapper) prepareMetadata() {
	ring := m.rings.span
	for _, row := range m.rules.Metadata {
		rule := metadataRule{name: row.Name, how: row.How, key: row.Key, trace: row.Trace}
		switch row.How {
		case MetadataBase:
			rule.slot, rule.otherwise = ring.slot(row.Key), slotOf(ring, row.Else)
		case MetadataOverlay:
			rule.prefix = ring.prefix(row.Key)
		}
		m.metadata = append(m.metadata, rule)
	}
	for _, row := range m.rules.Excluded {
		ring.flag(row.Key, markExcluded)
	}
	for _, row := range m.rules.Dropped {
		if row.Prefix {
			ring.dropped |= ring.prefix(row.Key)
		} else {
			ring.flag(row.Key, markDropped)
		}
	}
}

// slotOf returns the slot of a key; 0, at which nothing is, for none.
func slotOf(ring *keyring, key string) int32 {
	if key == "" {
		return 0
	}
	return ring.slot(key)
}

// pathOf takes a path of names with points between them apart.
func pathOf(path string) []string {
	if path == "" {
		return nil
	}
	return strings.Split(path, ".")
}
