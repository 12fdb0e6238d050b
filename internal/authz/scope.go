package authz

import (
	"slices"
	"strings"
)

// Scope is an action as an API key names it: resource:action.
func Scope(action string) string { return strings.Replace(action, ".", ":", 1) }

// personal are the actions that policy denies to every key. Nobody need ask for a key that names them.
var personal = []string{
	CommunityAppoint, CommunityGovern, CommunityJoin, CommunityLeave, GrantAsk, GrantRead, GrantApprove, GrantEnd, GrantList,
	KeyCreate, KeyList, KeyRevoke, MeRead, MeEdit, MeUnguard, MeCommunities, MeRecoverySecrets, NoticeList, PersonaSuggest, PersonaUnmaskAsk, PersonaUnmaskApprove,
}

// Scopes lists what an API key can be made for, in the order of Actions. Whether it may then, policy says at each use.
func Scopes() (all []string) {
	for _, action := range Actions {
		if !slices.Contains(personal, action) {
			all = append(all, Scope(action))
		}
	}
	return all
}

// KeyPurposes lists what an API key can be for. Of whom, policy says.
var KeyPurposes = []string{"support", "moderation", "care", "listening", "research"}
