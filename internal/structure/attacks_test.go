package structure_test

import (
	"go/ast"
	"strings"
	"testing"
)

// attacks are what a reviewer of this design tries, by number, and the tests that try it, each as its folder and name.
// What stands open says why. A test that is renamed is renamed here too, or this fails.
var attacks = map[int]struct {
	what  string
	tests []string
	open  string
}{
	1: {"known answers, of others and of every version of our own format", []string{
		"internal/sealed TestWycheproofAEAD", "internal/sealed TestWycheproofHKDF", "internal/sealed TestWycheproofHMAC",
		"internal/sealed TestFrozenFields", "internal/sealed TestFrozenWraps", "internal/sealed TestFrozenMACs", "internal/sealed TestTheFastFormatIsThePlainOne",
		"internal/sealed TestFrozenFiles", "internal/sealed TestTheFileFormatIsThePlainOne",
	}, ""},
	2: {"ciphertext in another row, column, table, persona, community or deployment", []string{
		"internal/sealed TestOtherPlacesAreRefused", "internal/sealed TestOtherKeysAreRefused", "internal/sealed TestWrapsAndFieldsDoNotMix", "internal/sealed TestFilesOpenInTheirOwnPlaceAlone", "internal/sealed TestFilesAndBoxesDoNotMix",
		"internal/keystore TestTamperedKeysDoNotOpen", "internal/keystore TestTamperedMembersDoNotOpen", "cmd/hamyar TestSwappedCiphertextIsRefused", "cmd/hamyar TestMovedRowsAreRefused",
	}, ""},
	3: {
		"a row put back to its old version",
		[]string{"cmd/hamyar TestAnEarlierTextIsRefusedAsTheLaterOne"},
		"a whole row, version and all, is for the audit log's verifier to find",
	},
	4: {"flipped bits, cut boxes, headers of before", []string{
		"internal/sealed TestEveryBitCounts", "internal/sealed TestEveryLengthCounts", "internal/sealed TestHeaderCannotBeDowngraded",
		"internal/sealed TestEveryBitOfAFileCounts", "internal/sealed TestFilesAreCutNowhere", "internal/sealed TestFilesCannotBeRearranged",
	}, ""},
	5: {"one body for two keys", []string{"internal/sealed TestABodyForTwoKeysOpensForTheCommittedOne"}, ""},
	6: {"nonces that come twice, randomness that runs out", []string{
		"internal/sealed TestAttack06TenMillionNoncesDiffer", "internal/sealed TestNothingIsSealedWithout",
	}, ""},
	7: {"words in dumps, files, write-ahead log, logs and answers", []string{
		"cmd/hamyar TestCanaries", "internal/sealed TestPrintingMasks", "internal/sealed TestLoggingMasks", "internal/sealed TestEncodingRefuses",
	}, ""},
	8: {"keys in memory, in the environment, in /proc and in what a crash prints", []string{
		"cmd/hamyar TestARunningServerKeepsItsMemoryToItself", "cmd/hamyar TestAPanicPrintsNoArgument", "cmd/hamyar TestDoctorLooksAtItsOwnMemory",
	}, "what Go's runtime has copied can't be wiped, and SECURITY.md says so"},
	9: {"which personas are one member's, told from a dump", []string{"cmd/hamyar TestNothingInADumpTiesThePersonasOfAMember", "internal/keystore TestPersonasOfOneMemberShareNothing"}, ""},
	10: {"words guessed from search tags, and from the sizes of segments", []string{
		"internal/search/segment TestAttack10LabellingTags", "internal/search/segment TestTagsAreHiddenAmongOthers", "internal/search/segment TestSealedPagesHaveOneSize",
	}, ""},
	11: {"backups of before, after something was erased", []string{
		"cmd/hamyar TestADeletedPostAndItsBackups", "cmd/hamyar TestAnErasedMemberAndTheirBackups",
		"internal/rights TestABackupBringsNobodyBack", "internal/rights TestABackupBringsNoPostBack", "internal/keystore TestAttack11OldKeysAndBackupsStayShut",
	}, ""},
	12: {"erasing while others read, write, search and renew", []string{"internal/rights TestErasingRacesWithEverybody", "internal/search TestAnswersHoldWhileOthersWrite"}, ""},
	13: {"kill -9 while keys are renewed, rolled over or erased", []string{
		"cmd/hamyar TestKillNineAmongKeys", "internal/keystore TestAttack13AProcessThatEndsBetweenTwoStepsLosesNothing", "internal/renewal TestARenewalGoesOnWhereItStopped",
	}, ""},
	14: {"a KMS that is down, slow or refuses, and boxes of another", []string{
		"internal/kms TestVaultThatDoesNotAnswerIsToldFromOneThatRefuses", "internal/kms TestASlowVaultIsNotWaitedFor", "internal/kms TestAVaultThatIsDownIsUnavailable",
		"internal/kms TestVaultKeepersShareNothing", "internal/keystore TestAttack14SwappedEpochs", "internal/keystore TestAttack14NoKMSWhenAnEpochIsLearnt",
		"internal/keystore TestAWrongKMSOpensNothing", "internal/keystore TestTamperedRootsOpenNothing",
	}, ""},
	15: {"one refusal told from another, by words or by time", []string{
		"internal/sealed TestAttack15EveryRefusalIsTheSame", "cmd/hamyar TestAHiddenCommunityAnswersAsAnUnknownOne",
	}, ""},
	16: {"search that answers what it may not", []string{
		"internal/search TestAnOracleAcrossCommunitiesFindsNothing", "cmd/hamyar TestNobodyFindsWhatTheyMayNotRead", "cmd/hamyar TestWhatWasTakenBackIsFoundByNobody",
	}, ""},
	17: {"an audit log altered, cut, reordered or forked", []string{
		"internal/audit/tree TestTamperingIsFound", "internal/audit/tree TestAForkIsFound", "internal/audit/tree TestALogThatBecameShorterIsFound",
		"internal/audit/tree TestStaleWitnesses", "internal/audit/tree TestAWitnessRefuses",
		"internal/audit TestAttack17WhatASuperuserDoesToTheLogIsFound", "internal/audit TestAttack17ALogThatWasPutBackIsFound", "internal/audit TestACrashLeavesNoGapAndNoFork",
		"cmd/hamyar TestKillNineWhileSealing", "cmd/hamyar TestTheLogIsVerifiedFromItsFilesAlone",
	}, ""},
	18: {"tokens spent twice or in another epoch", nil, "there are no anonymous tokens"},
	19: {"whatever bytes to the parser, the encoder of places and the padding", []string{
		"internal/sealed FuzzOpen", "internal/sealed FuzzPlace", "internal/sealed FuzzPadding", "internal/sealed TestMACKeepsPartsApart",
		"internal/search/words FuzzAnalyse", "internal/search/words FuzzSnippet", "internal/search/segment FuzzRead",
	}, ""},
	20: {"answers told from the length of their boxes", []string{
		"internal/sealed TestAttack20LengthsTellNoAnswer", "internal/sealed TestPaddingTellsLittleAndCostsLittle", "internal/keystore TestTheLengthOfARecordDoesNotCountPersonas",
	}, ""},
}

func TestEveryAttackIsTried(t *testing.T) {
	t.Parallel()
	there := map[string]bool{}
	for _, s := range goFiles(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && s.test() && f.Recv == nil {
				there[s.dir()+" "+f.Name.Name] = true
			}
		}
	}
	for number, a := range attacks {
		if len(a.tests) == 0 && a.open == "" {
			t.Errorf("attack %d, %s: nobody tries it", number, a.what)
		}
		for _, name := range a.tests {
			if !there[name] {
				t.Errorf("attack %d, %s: there is no %s", number, a.what, strings.ReplaceAll(name, " ", "."))
			}
		}
	}
}
