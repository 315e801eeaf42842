package function

import "github.com/alcedo-cloud/alcedo/internal/sqldb/value"

// Question is a function that the session or the catalog answers, through Environment.Ask.
type Question struct {
	Name     string
	Min, Max int
	Params   []value.Type // to which the arguments are brought before
	Result   value.Type
}

// askedFunctions are the functions of Questions.
func askedFunctions() []Function {
	questions := Questions()
	list := make([]Function, 0, len(questions)+1)
	for _, q := range questions {
		list = append(list, Function{Name: q.Name, Min: q.Min, Max: q.Max, Result: q.rule, Eval: q.eval})
	}
	return append(list, Function{Name: "FORMATMESSAGE", Min: 1, Max: 21, Result: maybe(value.Sized(value.NVarChar, 2048)), Eval: lenient(formatMessage)})
}

func (q Question) rule(args []value.Type) (value.Type, error) {
	for i, t := range args {
		if t.ID != value.Void && !value.Implicit(t, q.Params[i]) {
			return value.Type{}, badArgument(t, i+1, q.Name)
		}
	}
	return q.Result, nil
}

func (q Question) eval(env Environment, args []value.Value, types []value.Type) (value.Value, error) {
	asked := args
	for i := range args {
		if args[i].IsNull() || value.Same(types[i], q.Params[i]) {
			continue
		}
		if &asked[0] == &args[0] {
			asked = append([]value.Value(nil), args...)
		}
		v, err := value.Convert(args[i], types[i], q.Params[i], value.NoStyle)
		if err != nil {
			return value.Null(), err
		}
		asked[i] = v
	}
	v, err := env.Ask(q.Name, asked)
	if err != nil || v.IsNull() {
		return v, err
	}
	return q.answer(v), nil
}

// answer holds an answer as the question's type does: a number as a decimal, anything as a sql_variant.
func (q Question) answer(v value.Value) value.Value {
	switch {
	case q.Result.ID == value.Decimal && v.Kind() == value.KindInteger:
		return value.OfDecimal(value.Int128Of(v.Int64()), q.Result.Scale)
	case q.Result.ID != value.Variant || v.Kind() == value.KindVariant:
		return v
	case v.Kind() == value.KindString:
		return value.OfVariant(v, long)
	case v.Kind() == value.KindBytes:
		return value.OfVariant(v, value.Sized(value.VarBinary, 8000))
	case v.Kind() == value.KindDateTime:
		return value.OfVariant(v, value.Of(value.DateTime))
	}
	return value.OfVariant(v, integer)
}

// Questions are all functions that Environment.Ask must answer. NULL is the answer to what is not there, or may not be
// seen.
func Questions() []Question {
	list := variables()
	list = append(list, sessionQuestions()...)
	list = append(list, objectQuestions()...)
	return append(list, principalQuestions()...)
}

var (
	name    = value.Sized(value.NVarChar, 128)
	long    = value.Sized(value.NVarChar, 4000)
	bit     = value.Of(value.Bit)
	variant = value.Of(value.Variant)
	small   = value.Of(value.SmallInt)
)

func question(q string, result value.Type, min int, params ...value.Type) Question {
	return Question{Name: q, Min: min, Max: len(params), Params: params, Result: result.WithNullable(true)}
}

// variables are the @@ variables.
func variables() []Question {
	tiny, real38 := value.Of(value.TinyInt), value.DecimalOf(38, 0)
	list := []Question{
		question("@@CONNECTIONS", integer, 0), question("@@CPU_BUSY", integer, 0), question("@@CURSOR_ROWS", integer, 0),
		question("@@DATEFIRST", tiny, 0), question("@@DBTS", value.Sized(value.VarBinary, 8), 0), question("@@ERROR", integer, 0),
		question("@@FETCH_STATUS", integer, 0), question("@@IDENTITY", real38, 0), question("@@IDLE", integer, 0),
		question("@@IO_BUSY", integer, 0), question("@@LANGID", small, 0), question("@@LANGUAGE", name, 0),
		question("@@LOCK_TIMEOUT", integer, 0), question("@@MAX_CONNECTIONS", integer, 0), question("@@MAX_PRECISION", tiny, 0),
		question("@@MICROSOFTVERSION", integer, 0), question("@@NESTLEVEL", integer, 0), question("@@OPTIONS", integer, 0),
		question("@@PACK_RECEIVED", integer, 0), question("@@PACK_SENT", integer, 0), question("@@PACKET_ERRORS", integer, 0),
		question("@@PROCID", integer, 0), question("@@REMSERVER", name, 0), question("@@ROWCOUNT", integer, 0),
		question("@@SERVERNAME", name, 0), question("@@SERVICENAME", name, 0), question("@@SPID", small, 0),
		question("@@TEXTSIZE", integer, 0), question("@@TIMETICKS", integer, 0), question("@@TOTAL_ERRORS", integer, 0),
		question("@@TOTAL_READ", integer, 0), question("@@TOTAL_WRITE", integer, 0), question("@@TRANCOUNT", integer, 0),
		question("@@VERSION", value.Sized(value.NVarChar, 300), 0),
	}
	for i := range list {
		list[i].Result.Nullable = list[i].Name == "@@IDENTITY" || list[i].Name == "@@PROCID"
	}
	return list
}

func sessionQuestions() []Question {
	return []Question{
		question("SCOPE_IDENTITY", value.DecimalOf(38, 0), 0), question("ROWCOUNT_BIG", bigint, 0),
		question("XACT_STATE", small, 0), question("CURRENT_TRANSACTION_ID", bigint, 0),
		question("ERROR_NUMBER", integer, 0), question("ERROR_MESSAGE", long, 0), question("ERROR_LINE", integer, 0),
		question("ERROR_SEVERITY", integer, 0), question("ERROR_STATE", integer, 0), question("ERROR_PROCEDURE", name, 0),
		question("SESSION_CONTEXT", variant, 1, name), question("CONTEXT_INFO", value.Sized(value.VarBinary, 128), 0),
		question("CONNECTIONPROPERTY", variant, 1, name), question("SERVERPROPERTY", variant, 1, name),
		question("SESSIONPROPERTY", variant, 1, name), question("HOST_NAME", name, 0), question("HOST_ID", value.Sized(value.Char, 10), 0),
		question("APP_NAME", name, 0), question("GETANSINULL", integer, 0, name), question("CURSOR_STATUS", small, 2, name, name),
		question("APPLOCK_MODE", name, 3, name, name, name), question("APPLOCK_TEST", small, 4, name, name, name, name),
		question("MIN_ACTIVE_ROWVERSION", value.Sized(value.Binary, 8), 0), question("NEWSEQUENTIALID", value.Of(value.UniqueIdentifier), 0),
		question("NEXT VALUE FOR", bigint, 1, integer), question("TRIGGER_NESTLEVEL", integer, 0, integer, name, name),
		question("COLUMNS_UPDATED", value.Sized(value.VarBinary, 128), 0), question("UPDATE", bit, 1, name),
	}
}

func objectQuestions() []Question {
	return []Question{
		question("DB_NAME", name, 0, integer), question("DB_ID", small, 0, name), question("ORIGINAL_DB_NAME", name, 0),
		question("OBJECT_ID", integer, 1, long, name), question("OBJECT_NAME", name, 1, integer, integer),
		question("OBJECT_SCHEMA_NAME", name, 1, integer, integer), question("OBJECT_DEFINITION", unlimited, 1, integer),
		question("SCHEMA_NAME", name, 0, integer), question("SCHEMA_ID", integer, 0, name),
		question("TYPE_ID", integer, 1, name), question("TYPE_NAME", name, 1, integer), question("TYPEPROPERTY", integer, 2, long, name),
		question("COL_NAME", name, 2, integer, integer), question("COL_LENGTH", small, 2, long, name),
		question("COLUMNPROPERTY", integer, 3, integer, name, name), question("OBJECTPROPERTY", integer, 2, integer, name),
		question("OBJECTPROPERTYEX", variant, 2, integer, name), question("INDEXPROPERTY", integer, 3, integer, name, name),
		question("INDEX_COL", name, 3, long, integer, integer), question("INDEXKEY_PROPERTY", integer, 4, integer, integer, integer, name),
		question("STATS_DATE", value.Of(value.DateTime), 2, integer, integer),
		question("DATABASEPROPERTYEX", variant, 2, name, name), question("DATABASEPROPERTY", integer, 2, name, name),
		question("FILEGROUP_NAME", name, 1, small), question("FILEGROUP_ID", integer, 1, name), question("FILE_NAME", name, 1, integer),
		question("FILE_ID", small, 1, name), question("IDENT_CURRENT", value.DecimalOf(38, 0), 1, long),
		question("IDENT_SEED", value.DecimalOf(38, 0), 1, long), question("IDENT_INCR", value.DecimalOf(38, 0), 1, long),
		question("FULLTEXTSERVICEPROPERTY", integer, 1, name), question("FULLTEXTCATALOGPROPERTY", integer, 2, name, name),
		question("ASSEMBLYPROPERTY", variant, 2, name, name),
	}
}

func principalQuestions() []Question {
	sid := value.Sized(value.VarBinary, 85)
	list := []Question{
		question("SUSER_SNAME", name, 0, sid), question("SUSER_NAME", name, 0, integer), question("SUSER_ID", integer, 0, name),
		question("SUSER_SID", sid, 0, name, integer), question("USER_NAME", name, 0, integer), question("USER_ID", integer, 0, name),
		question("USER", name, 0), question("CURRENT_USER", name, 0), question("SESSION_USER", name, 0), question("SYSTEM_USER", name, 0),
		question("ORIGINAL_LOGIN", name, 0), question("DATABASE_PRINCIPAL_ID", integer, 0, name),
		question("IS_MEMBER", integer, 1, name), question("IS_ROLEMEMBER", integer, 1, name, name),
		question("IS_SRVROLEMEMBER", integer, 1, name, name), question("HAS_DBACCESS", integer, 1, name),
		question("HAS_PERMS_BY_NAME", integer, 3, long, name, name, long, name), question("PERMISSIONS", integer, 0, integer, name),
		question("LOGINPROPERTY", variant, 2, name, name),
	}
	return list
}
