package tsql

// keyword numbers the reserved words: those that are no name unless quoted. All other words that the language uses
// (TYPE, OUTPUT, MAX, …) are names wherever a name can stand.
type keyword uint8

const (
	notKeyword keyword = iota
	kwAdd
	kwAll
	kwAlter
	kwAnd
	kwAny
	kwAs
	kwAsc
	kwAuthorization
	kwBackup
	kwBegin
	kwBetween
	kwBreak
	kwBrowse
	kwBulk
	kwBy
	kwCascade
	kwCase
	kwCheck
	kwCheckpoint
	kwClose
	kwClustered
	kwCoalesce
	kwCollate
	kwColumn
	kwCommit
	kwCompute
	kwConstraint
	kwContains
	kwContainstable
	kwContinue
	kwConvert
	kwCreate
	kwCross
	kwCurrent
	kwCurrentDate
	kwCurrentTime
	kwCurrentTimestamp
	kwCurrentUser
	kwCursor
	kwDatabase
	kwDbcc
	kwDeallocate
	kwDeclare
	kwDefault
	kwDelete
	kwDeny
	kwDesc
	kwDistinct
	kwDistributed
	kwDouble
	kwDrop
	kwDump
	kwElse
	kwEnd
	kwErrlvl
	kwEscape
	kwExcept
	kwExec
	kwExecute
	kwExists
	kwExit
	kwExternal
	kwFetch
	kwFile
	kwFillfactor
	kwFor
	kwForeign
	kwFreetext
	kwFreetexttable
	kwFrom
	kwFull
	kwFunction
	kwGoto
	kwGrant
	kwGroup
	kwHaving
	kwHoldlock
	kwIdentity
	kwIdentityInsert
	kwIdentitycol
	kwIf
	kwIn
	kwIndex
	kwInner
	kwInsert
	kwIntersect
	kwInto
	kwIs
	kwJoin
	kwKey
	kwKill
	kwLeft
	kwLike
	kwLineno
	kwLoad
	kwMerge
	kwNational
	kwNocheck
	kwNonclustered
	kwNot
	kwNull
	kwNullif
	kwOf
	kwOff
	kwOffsets
	kwOn
	kwOpen
	kwOpendatasource
	kwOpenquery
	kwOpenrowset
	kwOpenxml
	kwOption
	kwOr
	kwOrder
	kwOuter
	kwOver
	kwPercent
	kwPivot
	kwPlan
	kwPrimary
	kwPrint
	kwProc
	kwProcedure
	kwPublic
	kwRaiserror
	kwRead
	kwReadtext
	kwReconfigure
	kwReferences
	kwReplication
	kwRestore
	kwRestrict
	kwReturn
	kwRevert
	kwRevoke
	kwRight
	kwRollback
	kwRowcount
	kwRowguidcol
	kwRule
	kwSave
	kwSchema
	kwSecurityaudit
	kwSelect
	kwSemantickeyphrasetable
	kwSemanticsimilaritydetailstable
	kwSemanticsimilaritytable
	kwSessionUser
	kwSet
	kwSetuser
	kwShutdown
	kwSome
	kwStatistics
	kwSystemUser
	kwTable
	kwTablesample
	kwTextsize
	kwThen
	kwTo
	kwTop
	kwTran
	kwTransaction
	kwTrigger
	kwTruncate
	kwTryConvert
	kwTsequal
	kwUnion
	kwUnique
	kwUnpivot
	kwUpdate
	kwUpdatetext
	kwUse
	kwUser
	kwValues
	kwVarying
	kwView
	kwWaitfor
	kwWhen
	kwWhere
	kwWhile
	kwWith
	kwWritetext
)

// longestKeyword is the length of the longest of them.
const longestKeyword = 30

// reserved are the words of the keywords.
var reserved = [...]struct {
	word string
	kw   keyword
}{
	{"ADD", kwAdd},
	{"ALL", kwAll},
	{"ALTER", kwAlter},
	{"AND", kwAnd},
	{"ANY", kwAny},
	{"AS", kwAs},
	{"ASC", kwAsc},
	{"AUTHORIZATION", kwAuthorization},
	{"BACKUP", kwBackup},
	{"BEGIN", kwBegin},
	{"BETWEEN", kwBetween},
	{"BREAK", kwBreak},
	{"BROWSE", kwBrowse},
	{"BULK", kwBulk},
	{"BY", kwBy},
	{"CASCADE", kwCascade},
	{"CASE", kwCase},
	{"CHECK", kwCheck},
	{"CHECKPOINT", kwCheckpoint},
	{"CLOSE", kwClose},
	{"CLUSTERED", kwClustered},
	{"COALESCE", kwCoalesce},
	{"COLLATE", kwCollate},
	{"COLUMN", kwColumn},
	{"COMMIT", kwCommit},
	{"COMPUTE", kwCompute},
	{"CONSTRAINT", kwConstraint},
	{"CONTAINS", kwContains},
	{"CONTAINSTABLE", kwContainstable},
	{"CONTINUE", kwContinue},
	{"CONVERT", kwConvert},
	{"CREATE", kwCreate},
	{"CROSS", kwCross},
	{"CURRENT", kwCurrent},
	{"CURRENT_DATE", kwCurrentDate},
	{"CURRENT_TIME", kwCurrentTime},
	{"CURRENT_TIMESTAMP", kwCurrentTimestamp},
	{"CURRENT_USER", kwCurrentUser},
	{"CURSOR", kwCursor},
	{"DATABASE", kwDatabase},
	{"DBCC", kwDbcc},
	{"DEALLOCATE", kwDeallocate},
	{"DECLARE", kwDeclare},
	{"DEFAULT", kwDefault},
	{"DELETE", kwDelete},
	{"DENY", kwDeny},
	{"DESC", kwDesc},
	{"DISTINCT", kwDistinct},
	{"DISTRIBUTED", kwDistributed},
	{"DOUBLE", kwDouble},
	{"DROP", kwDrop},
	{"DUMP", kwDump},
	{"ELSE", kwElse},
	{"END", kwEnd},
	{"ERRLVL", kwErrlvl},
	{"ESCAPE", kwEscape},
	{"EXCEPT", kwExcept},
	{"EXEC", kwExec},
	{"EXECUTE", kwExecute},
	{"EXISTS", kwExists},
	{"EXIT", kwExit},
	{"EXTERNAL", kwExternal},
	{"FETCH", kwFetch},
	{"FILE", kwFile},
	{"FILLFACTOR", kwFillfactor},
	{"FOR", kwFor},
	{"FOREIGN", kwForeign},
	{"FREETEXT", kwFreetext},
	{"FREETEXTTABLE", kwFreetexttable},
	{"FROM", kwFrom},
	{"FULL", kwFull},
	{"FUNCTION", kwFunction},
	{"GOTO", kwGoto},
	{"GRANT", kwGrant},
	{"GROUP", kwGroup},
	{"HAVING", kwHaving},
	{"HOLDLOCK", kwHoldlock},
	{"IDENTITY", kwIdentity},
	{"IDENTITY_INSERT", kwIdentityInsert},
	{"IDENTITYCOL", kwIdentitycol},
	{"IF", kwIf},
	{"IN", kwIn},
	{"INDEX", kwIndex},
	{"INNER", kwInner},
	{"INSERT", kwInsert},
	{"INTERSECT", kwIntersect},
	{"INTO", kwInto},
	{"IS", kwIs},
	{"JOIN", kwJoin},
	{"KEY", kwKey},
	{"KILL", kwKill},
	{"LEFT", kwLeft},
	{"LIKE", kwLike},
	{"LINENO", kwLineno},
	{"LOAD", kwLoad},
	{"MERGE", kwMerge},
	{"NATIONAL", kwNational},
	{"NOCHECK", kwNocheck},
	{"NONCLUSTERED", kwNonclustered},
	{"NOT", kwNot},
	{"NULL", kwNull},
	{"NULLIF", kwNullif},
	{"OF", kwOf},
	{"OFF", kwOff},
	{"OFFSETS", kwOffsets},
	{"ON", kwOn},
	{"OPEN", kwOpen},
	{"OPENDATASOURCE", kwOpendatasource},
	{"OPENQUERY", kwOpenquery},
	{"OPENROWSET", kwOpenrowset},
	{"OPENXML", kwOpenxml},
	{"OPTION", kwOption},
	{"OR", kwOr},
	{"ORDER", kwOrder},
	{"OUTER", kwOuter},
	{"OVER", kwOver},
	{"PERCENT", kwPercent},
	{"PIVOT", kwPivot},
	{"PLAN", kwPlan},
	{"PRIMARY", kwPrimary},
	{"PRINT", kwPrint},
	{"PROC", kwProc},
	{"PROCEDURE", kwProcedure},
	{"PUBLIC", kwPublic},
	{"RAISERROR", kwRaiserror},
	{"READ", kwRead},
	{"READTEXT", kwReadtext},
	{"RECONFIGURE", kwReconfigure},
	{"REFERENCES", kwReferences},
	{"REPLICATION", kwReplication},
	{"RESTORE", kwRestore},
	{"RESTRICT", kwRestrict},
	{"RETURN", kwReturn},
	{"REVERT", kwRevert},
	{"REVOKE", kwRevoke},
	{"RIGHT", kwRight},
	{"ROLLBACK", kwRollback},
	{"ROWCOUNT", kwRowcount},
	{"ROWGUIDCOL", kwRowguidcol},
	{"RULE", kwRule},
	{"SAVE", kwSave},
	{"SCHEMA", kwSchema},
	{"SECURITYAUDIT", kwSecurityaudit},
	{"SELECT", kwSelect},
	{"SEMANTICKEYPHRASETABLE", kwSemantickeyphrasetable},
	{"SEMANTICSIMILARITYDETAILSTABLE", kwSemanticsimilaritydetailstable},
	{"SEMANTICSIMILARITYTABLE", kwSemanticsimilaritytable},
	{"SESSION_USER", kwSessionUser},
	{"SET", kwSet},
	{"SETUSER", kwSetuser},
	{"SHUTDOWN", kwShutdown},
	{"SOME", kwSome},
	{"STATISTICS", kwStatistics},
	{"SYSTEM_USER", kwSystemUser},
	{"TABLE", kwTable},
	{"TABLESAMPLE", kwTablesample},
	{"TEXTSIZE", kwTextsize},
	{"THEN", kwThen},
	{"TO", kwTo},
	{"TOP", kwTop},
	{"TRAN", kwTran},
	{"TRANSACTION", kwTransaction},
	{"TRIGGER", kwTrigger},
	{"TRUNCATE", kwTruncate},
	{"TRY_CONVERT", kwTryConvert},
	{"TSEQUAL", kwTsequal},
	{"UNION", kwUnion},
	{"UNIQUE", kwUnique},
	{"UNPIVOT", kwUnpivot},
	{"UPDATE", kwUpdate},
	{"UPDATETEXT", kwUpdatetext},
	{"USE", kwUse},
	{"USER", kwUser},
	{"VALUES", kwValues},
	{"VARYING", kwVarying},
	{"VIEW", kwView},
	{"WAITFOR", kwWaitfor},
	{"WHEN", kwWhen},
	{"WHERE", kwWhere},
	{"WHILE", kwWhile},
	{"WITH", kwWith},
	{"WRITETEXT", kwWritetext},
}

// keywordPlaces is a hash table of reserved: at a word's place, or in those behind it, stands its index and one.
var keywordPlaces = placeKeywords()

const keywordSlots = 1 << 10

func placeKeywords() (places [keywordSlots]uint8) {
	for i := range reserved {
		at := hashWord(reserved[i].word)
		for places[at] != 0 {
			at = (at + 1) % keywordSlots
		}
		places[at] = uint8(i + 1)
	}
	return places
}

// hashWord is the same for a word in letters of either case.
func hashWord(word string) uint32 {
	h := uint32(len(word))
	for i := range len(word) {
		h = h*31 + uint32(word[i]|0x20)
	}
	return (h ^ h>>10) % keywordSlots
}

// keywordOf gives the number of a word, or notKeyword.
func keywordOf(word string) keyword {
	if len(word) < 2 || len(word) > longestKeyword {
		return notKeyword
	}
	for at := hashWord(word); keywordPlaces[at] != 0; at = (at + 1) % keywordSlots {
		if r := reserved[keywordPlaces[at]-1]; fold(word, r.word) {
			return r.kw
		}
	}
	return notKeyword
}
