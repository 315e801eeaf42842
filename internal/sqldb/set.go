package sqldb

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// settingStatement runs SET, USE and their like; ok is false for any other statement.
func (r *run) settingStatement(st tsql.Statement) (ok bool, err error) {
	switch s := st.(type) {
	case *tsql.SetOption:
		return true, r.setOption(s)
	case *tsql.SetValue:
		return true, r.setValue(s)
	case *tsql.SetIsolation:
		return true, r.session.isolate(txn.Isolation(s.Level))
	case *tsql.SetIdentityInsert:
		return true, r.setIdentityInsert(s)
	case *tsql.Use:
		return true, r.use(s)
	case *tsql.Checkpoint:
		return true, nil // all that is committed is on the disk already
	}
	return false, nil
}

// flags finds the setting of an ON/OFF option; nil for one that changes nothing here.
func (s *settings) flags(name string) (*bool, bool) {
	switch name {
	case "QUOTED_IDENTIFIER":
		return &s.quotedIdentifier, true
	case "ANSI_NULLS":
		return &s.ansiNulls, true
	case "ANSI_WARNINGS":
		return &s.ansiWarnings, true
	case "ANSI_PADDING":
		return &s.ansiPadding, true
	case "ANSI_NULL_DFLT_ON":
		return &s.ansiNullDefault, true
	case "ANSI_NULL_DFLT_OFF":
		return &s.ansiNullDefaultOff, true
	case "ARITHABORT":
		return &s.arithAbort, true
	case "ARITHIGNORE":
		return &s.arithIgnore, true
	case "CONCAT_NULL_YIELDS_NULL":
		return &s.concatNull, true
	case "NOCOUNT":
		return &s.noCount, true
	case "XACT_ABORT":
		return &s.xactAbort, true
	case "IMPLICIT_TRANSACTIONS":
		return &s.implicit, true
	case "CURSOR_CLOSE_ON_COMMIT":
		return &s.cursorClose, true
	case "NUMERIC_ROUNDABORT":
		return &s.numericRoundAbort, true
	case "NOEXEC":
		return &s.noExec, true
	case "PARSEONLY":
		return &s.parseOnly, true
	case "FMTONLY":
		return &s.formatOnly, true
	case "FORCEPLAN", "NO_BROWSETABLE", "REMOTE_PROC_TRANSACTIONS", "RESULT_SET_CACHING",
		"STATISTICS IO", "STATISTICS TIME", "STATISTICS PROFILE", "STATISTICS XML", "SHOWPLAN_ALL", "SHOWPLAN_TEXT", "SHOWPLAN_XML", "DISABLE_DEF_CNST_CHK":
		return nil, true
	}
	return nil, false
}

func (r *run) setOption(s *tsql.SetOption) error {
	for _, name := range s.Names {
		if name == "ANSI_DEFAULTS" {
			for _, each := range []string{"ANSI_NULLS", "ANSI_NULL_DFLT_ON", "ANSI_PADDING", "ANSI_WARNINGS", "CURSOR_CLOSE_ON_COMMIT", "IMPLICIT_TRANSACTIONS", "QUOTED_IDENTIFIER"} {
				flag, _ := r.session.settings.flags(each)
				*flag = s.On
			}
			continue
		}
		if strings.HasPrefix(name, "SHOWPLAN") && s.On {
			return value.Errorf(40510, 16, 1, "Statement 'SET %s' is not supported in this version of SQL Server.", name)
		}
		flag, known := r.session.settings.flags(name)
		if !known {
			return value.Errorf(195, 15, 5, "'%s' is not a recognized SET option.", name)
		}
		if flag != nil {
			*flag = s.On
		}
		if set := &r.session.settings; s.On && name == "ANSI_NULL_DFLT_ON" { // each turns the other off
			set.ansiNullDefaultOff = false
		} else if s.On && name == "ANSI_NULL_DFLT_OFF" {
			set.ansiNullDefault = false
		}
	}
	return nil
}

func (r *run) setValue(s *tsql.SetValue) error {
	set := &r.session.settings
	v, t, err := r.evaluate(s.Value)
	if err != nil {
		return err
	}
	number := func(low, high int64) (int64, error) {
		n, err := convertTo(v, t, value.Type{ID: value.BigInt})
		if err != nil {
			return 0, err
		}
		if n.Int64() < low || n.Int64() > high {
			return 0, value.Errorf(1070, 15, 1, "The value %d is not valid for SET %s.", n.Int64(), s.Name)
		}
		return n.Int64(), nil
	}
	const most = 1<<31 - 1
	switch s.Name {
	case "LOCK_TIMEOUT":
		if set.lockTimeout, err = number(-1, most); err == nil && r.session.tx != nil {
			r.session.tx.SetTimeout(r.session.options().Timeout)
		}
	case "ROWCOUNT":
		set.rowCount, err = number(0, most)
	case "TEXTSIZE":
		set.textSize, err = number(-1, most)
	case "DATEFIRST":
		var n int64
		if n, err = number(1, 7); err != nil {
			return value.Errorf(2744, 16, 2, "The SET DATEFIRST statement failed because the value %s is out of range.", v.Text())
		}
		set.dateFirst = int(n)
	case "DATEFORMAT":
		o, ok := value.DateOrderOf(v.Text())
		if !ok {
			return value.Errorf(2741, 16, 2, "SET DATEFORMAT date order '%s' is invalid.", v.Text())
		}
		set.dateOrder = o
	case "LANGUAGE":
		return r.setLanguage(v.Text())
	case "CONTEXT_INFO":
		var b value.Value
		if b, err = value.Convert(v, t, value.Type{ID: value.VarBinary, Length: 128}, value.NoStyle); err == nil {
			set.contextInfo = []byte(b.Text())
		}
	case "DEADLOCK_PRIORITY":
		err = r.setDeadlockPriority(v, t)
	case "QUERY_GOVERNOR_COST_LIMIT", "OFFSETS", "FIPS_FLAGGER":
	default:
		err = value.Errorf(195, 15, 5, "'%s' is not a recognized SET option.", s.Name)
	}
	return err
}

func (r *run) setDeadlockPriority(v value.Value, t value.Type) error {
	priority := 0
	if t.IsString() {
		named, ok := map[string]int{"LOW": -5, "NORMAL": 0, "HIGH": 5}[strings.ToUpper(v.Text())]
		if !ok {
			return value.Errorf(1085, 15, 1, "The deadlock priority '%s' is not valid.", v.Text())
		}
		priority = named
	} else {
		priority = int(min(max(v.Int64(), -10), 10))
	}
	r.session.settings.deadlockPriority = priority
	if r.session.tx != nil {
		r.session.tx.SetPriority(priority)
	}
	return nil
}

// setLanguage knows English, as a database without language files does.
func (r *run) setLanguage(name string) error {
	switch strings.ToLower(name) {
	case "us_english", "english":
		r.session.settings.dateFirst, r.session.settings.dateOrder = 7, 0
	case "british", "british english":
		r.session.settings.dateFirst = 1
		r.session.settings.dateOrder, _ = value.DateOrderOf("dmy")
		name = "British"
	default:
		return value.Errorf(2740, 16, 1, "SET LANGUAGE failed because '%s' is not an official language name or a language alias on this SQL Server.", name)
	}
	if strings.EqualFold(name, "english") {
		name = "us_english"
	}
	old := r.session.settings.language
	r.session.settings.language = name
	if err := r.out.change(Change{Kind: ChangeLanguage, New: name, Old: old}); err != nil {
		return err
	}
	return r.out.message(value.Errorf(5703, 0, 1, "Changed language setting to %s.", name))
}

func (r *run) setIdentityInsert(s *tsql.SetIdentityInsert) error {
	t, err := r.table(s.Table)
	if err != nil {
		return err
	}
	if !t.Temporary {
		if err := r.mustAlter(t); err != nil {
			return err
		}
	}
	if t.IdentityColumn() < 0 {
		return value.Errorf(8106, 16, 1, "Table '%s' does not have the identity property. Cannot perform SET operation.", nameText(s.Table))
	}
	set := &r.session.settings
	if !s.On {
		if set.identityInsert == t.ID {
			set.identityInsert = 0
		}
		return nil
	}
	if set.identityInsert != 0 && set.identityInsert != t.ID {
		d := r.session.view()
		if other, ok := d.Table(set.identityInsert); ok {
			schema, _ := d.SchemaByID(other.SchemaID)
			return value.Errorf(8107, 16, 1, "IDENTITY_INSERT is already ON for table '%s.%s.%s'. Cannot perform SET operation for table '%s'.", d.Name, schema.Name, other.Name, nameText(s.Table))
		}
	}
	set.identityInsert = t.ID
	return nil
}

// use is USE: Azure SQL has it for the current database only.
func (r *run) use(s *tsql.Use) error {
	if !strings.EqualFold(s.Database.Name, r.session.Database()) {
		return value.Errorf(40508, 16, 1, "USE statement is not supported to switch between databases. Use a new connection to connect to a different database.")
	}
	name := r.session.Database()
	if err := r.out.change(Change{Kind: ChangeDatabase, New: name, Old: name}); err != nil {
		return err
	}
	return r.out.message(value.Errorf(5701, 0, 2, "Changed database context to '%s'.", name))
}
