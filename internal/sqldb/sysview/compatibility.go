package sysview

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// compatibilityViews are those of SQL Server 2000, which old drivers and tools still ask.
func compatibilityViews() []view {
	return []view{
		{"sys", "sysobjects", `name sysname, id int, xtype char(2), uid smallint null, info smallint null, status int null, base_schema_ver int null,
			replinfo int null, parent_obj int, crdate datetime, ftcatid smallint null, schema_ver int null, stats_schema_ver int null,
			type char(2) null, userstat smallint null, sysstat smallint null, indexdel smallint null, refdate datetime, version int null,
			deltrig int null, instrig int null, updtrig int null, seltrig int null, category int null, cache smallint null`, sysobjects},
		{"sys", "syscolumns", `name sysname null, id int, xtype tinyint, typestat tinyint null, xusertype smallint null, length smallint, xprec tinyint,
			xscale tinyint, colid smallint null, xoffset smallint null, bitpos tinyint null, reserved tinyint null, colstat smallint null,
			cdefault int, domain int, number smallint null, colorder smallint null, autoval varbinary(8000) null, offset smallint null,
			collationid int null, language int null, status tinyint null, type tinyint, usertype smallint null, printfmt varchar(255) null,
			prec smallint null, scale int null, iscomputed int null, isoutparam int null, isnullable int null, collation sysname null`, syscolumns},
		{"sys", "systypes", `name sysname, xtype tinyint, status tinyint null, xusertype smallint null, length smallint, xprec tinyint, xscale tinyint,
			tdefault int, domain int, uid smallint null, reserved smallint null, collationid int null, usertype smallint null,
			variable bit null, allownulls bit null, type tinyint, printfmt varchar(255) null, prec smallint null, scale tinyint null,
			collation sysname null`, systypes},
		{"sys", "sysindexes", `id int, status int null, first binary(6) null, indid smallint null, root binary(6) null, minlen smallint null,
			keycnt smallint null, groupid smallint null, dpages int null, reserved int null, used int null, rowcnt bigint null,
			rowmodctr int null, maxlen smallint null, maxirow smallint null, origfillfactor tinyint null, name sysname null, rows int null`, sysindexes},
		{"sys", "sysindexkeys", "id int, indid smallint null, colid smallint null, keyno smallint null", sysindexkeys},
		{"sys", "sysforeignkeys", "constid int, fkeyid int, rkeyid int, fkey smallint, rkey smallint, keyno smallint", sysforeignkeys},
		{"sys", "sysusers", `uid smallint null, status smallint null, name sysname, sid varbinary(85) null, roles varbinary(2048) null, createdate datetime,
			updatedate datetime, altuid smallint null, password varbinary(256) null, gid smallint null, environ varchar(255) null,
			hasdbaccess int null, islogin int null, isntname int null, isntgroup int null, isntuser int null, issqluser int null,
			isaliased int null, issqlrole int null, isapprole int null`, sysusers},
		{"sys", "sysdatabases", `name sysname, dbid smallint null, sid varbinary(85) null, mode smallint null, status int null, status2 int null,
			crdate datetime, reserved datetime null, category int null, cmptlevel tinyint, filename nvarchar(260) null, version smallint null`, sysdatabases},
		{"sys", "syscomments", `id int, number smallint null, colid smallint, status smallint, ctext varbinary(8000) null, texttype smallint null,
			language smallint null, encrypted bit, compressed bit, text nvarchar(4000) null`, syscomments},
	}
}

// oldType is type of sysobjects: keys of both sorts were K.
func oldType(k catalog.Kind) string {
	if k == catalog.KindPrimaryKey || k == catalog.KindUnique {
		return "K"
	}
	return string(k)
}

func sysobjects(r *rows) {
	for _, h := range r.objects() {
		row := objectRow(h)
		if !r.add(row[0], h.ID, string(h.Kind), row[3], 0, 0, 0, 0, h.ParentID, h.Created, 0, 0, 0, oldType(h.Kind), 1, 0, 0, h.Created, 0, 0, 0, 0, 0, 0, 0) {
			return
		}
	}
}

func syscolumns(r *rows) {
	r.eachColumn(func(o columnsOwner, _ int, c *catalog.Column) bool {
		t := c.Type
		defaultID, status := int32(0), 0
		if c.Default != nil {
			defaultID = c.Default.ID
		}
		if c.Identity != nil {
			status |= 0x80
		}
		if t.Nullable {
			status |= 8
		}
		precision, scale := any(t.DisplayPrecision()), any(t.DisplayScale())
		if t.IsString() || t.IsBinary() {
			precision, scale = t.Length, nil
		}
		return r.add(c.Name, o.header.ID, t.SystemTypeID(), 0, userType(t, c.TypeID), t.MaxLength(), t.DisplayPrecision(), t.DisplayScale(), c.ID, 0, 0, 0,
			number(c.Identity != nil), defaultID, 0, 0, c.ID, nil, 0, nil, 0, status, t.SystemTypeID(), userType(t, c.TypeID), nil, precision, scale,
			number(c.Computed != nil), 0, number(t.Nullable), r.collation(t))
	})
}

// number is 1 for true: the old views have no bits.
func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

func systypes(r *rows) {
	for _, t := range systemTypes {
		collation := any(nil)
		if t.text {
			collation = r.collation(value.Type{ID: value.NVarChar})
		}
		r.add(t.name, t.system, 0, t.user, t.length, t.precision, t.scale, 0, 0, 4, 0, nil, t.user, t.text, t.name != "sysname", t.system, nil, t.precision, t.scale, collation)
	}
}

func sysindexes(r *rows) {
	r.eachTable(func(h *catalog.Header, t *catalog.Table) bool {
		if h.Kind != catalog.KindTable {
			return true
		}
		count, err := r.env.RowCount(t)
		if err != nil {
			r.fail(err)
			return false
		}
		add := func(id int32, name any, status, keys int) bool {
			return r.add(h.ID, status, nil, id, nil, 0, keys, 1, 0, 0, 0, count, 0, 0, 0, 0, name, min(count, 1<<31-1))
		}
		if t.Clustered() == nil && !add(0, nil, 0, 0) {
			return false
		}
		for _, x := range t.Indexes {
			status := 0
			if x.Unique {
				status |= 2
			}
			if x.Clustered {
				status |= 16
			}
			if x.PrimaryKey {
				status |= 2048
			} else if x.Constraint != nil {
				status |= 4096
			}
			if !add(x.ID, x.Name, status, len(x.Keys)) {
				return false
			}
		}
		return true
	})
}

func sysindexkeys(r *rows) {
	r.eachTable(func(h *catalog.Header, t *catalog.Table) bool {
		for _, x := range t.Indexes {
			for i, k := range x.Keys {
				if !r.add(h.ID, x.ID, k.Column, i+1) {
					return false
				}
			}
		}
		return true
	})
}

func sysforeignkeys(r *rows) {
	for o, h := range r.objects(catalog.KindForeignKey) {
		k, ok := o.(*catalog.ForeignKey)
		for i := 0; ok && i < min(len(k.Columns), len(k.ReferencedColumns)); i++ {
			r.add(h.ID, h.ParentID, k.Referenced, k.Columns[i], k.ReferencedColumns[i], i+1)
		}
	}
}

func sysusers(r *rows) {
	all := r.seesAllPrincipals()
	for _, p := range r.db.Principals() {
		if !r.seesPrincipal(p, all) {
			continue
		}
		role := p.Type == catalog.Role
		access := !role && p.ID != catalog.GuestID && p.ID != catalog.InformationID && p.ID != catalog.SysID
		r.add(p.ID, 0, p.Name, p.SID, nil, p.Created, p.Modified, p.Owner, nil, 0, nil, number(access), number(!role), 0, number(p.Type == catalog.ExternalGroup),
			0, number(p.Type == catalog.SQLUser), 0, number(role), 0)
	}
}

func sysdatabases(r *rows) {
	for _, d := range r.knownDatabases() {
		r.add(d[0], d[1], []byte{1}, 0, 65536, 0, d[2], nil, 0, 170, nil, 0)
	}
}

// commentSize is how many characters of a text one row of syscomments has.
const commentSize = 4000

// syscomments are the texts of modules, of constraints and of computed columns.
func syscomments(r *rows) {
	r.eachModule(func(h *catalog.Header, m *catalog.Module) bool {
		whole, ok := r.definition(m).(string)
		if !ok {
			return r.add(h.ID, 0, 1, 0, nil, 2, 0, false, false, nil)
		}
		return r.comment(h.ID, 0, whole)
	})
	for t := range r.db.Tables() {
		if !r.env.Visible(t.ID) {
			continue
		}
		for _, c := range t.Columns {
			if c.Default != nil && !r.comment(c.Default.ID, 0, tsql.NormalExpr(c.Default.Text)) ||
				c.Computed != nil && !r.comment(t.ID, c.ID, tsql.NormalExpr(c.Computed.Text)) {
				return
			}
		}
		for _, c := range t.Checks {
			if !r.comment(c.ID, 0, tsql.NormalCondition(c.Text)) {
				return
			}
		}
	}
}

// comment adds the rows of one text.
func (r *rows) comment(id, number int32, whole string) bool {
	text := []rune(whole)
	for n := 1; len(text) > 0; n++ {
		part := text[:min(commentSize, len(text))]
		text = text[len(part):]
		if !r.add(id, number, n, 0, nil, 2, 0, false, false, string(part)) {
			return false
		}
	}
	return true
}
