package e2e

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/driver/sqlserver"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// The models of a small shop, with what GORM has: associations, indexes, checks, defaults.
type (
	author struct {
		ID        uint
		CreatedAt time.Time
		Name      string `gorm:"size:100;uniqueIndex"`
		Bio       *string
		Rating    float64
		Active    bool `gorm:"default:true"`
		Books     []book
		Tags      []tag `gorm:"many2many:author_tags"`
	}
	book struct {
		ID       uint
		Title    string  `gorm:"size:200;not null;index:idx_title_year,priority:1"`
		Year     int     `gorm:"index:idx_title_year,priority:2;check:year > 0"`
		Price    float64 `gorm:"type:decimal(10,2)"`
		Data     []byte
		AuthorID uint
	}
	tag struct {
		ID   uint
		Name string `gorm:"size:50;unique"`
	}
)

// TestSQLWithGORM migrates twice, writes and reads with associations, and takes it all away again.
func TestSQLWithGORM(t *testing.T) {
	d := newDatabase(t, start(t, "AzureUSGovernment"))
	db, err := gorm.Open(sqlserver.Open(d.outside()), &gorm.Config{Logger: logger.Default.LogMode(logger.Silent)})
	d.check(err)
	pool, err := db.DB()
	d.check(err)
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	for range 2 {
		d.check(db.AutoMigrate(&author{}, &book{}, &tag{}))
	}
	gormWrites(t, db)
	gormReads(t, db)
	gormTransactions(t, db)
	gormMigrator(t, db)
}

func gormWrites(t *testing.T, db *gorm.DB) {
	t.Helper()
	bio := "a life"
	anna := author{
		Name: "Anna", Bio: &bio, Rating: 4.5, Tags: []tag{{Name: "x"}, {Name: "y"}},
		Books: []book{{Title: "One", Year: 2001, Price: 9.99, Data: []byte{1, 2}}, {Title: "Two", Year: 2002}},
	}
	if err := db.Create(&anna).Error; err != nil || anna.ID == 0 || anna.Books[1].ID == 0 || !anna.Active {
		t.Fatalf("%+v, %v", anna, err)
	}
	crowd := make([]author, 300)
	for i := range crowd {
		crowd[i].Name = fmt.Sprintf("n%d", i)
	}
	if err := db.CreateInBatches(&crowd, 100).Error; err != nil || crowd[299].ID == 0 {
		t.Fatal(err)
	}
	if err := db.Model(&anna).Update("rating", 5).Error; err != nil {
		t.Error(err)
	}
	if r := db.Model(&book{}).Where("year > ?", 2001).Updates(map[string]any{"price": 1.25}); r.Error != nil || r.RowsAffected != 1 {
		t.Errorf("%d updated, %v", r.RowsAffected, r.Error)
	}
	if err := db.Create(&book{Title: "None", Year: -1, AuthorID: anna.ID}).Error; number(err) != 547 {
		t.Errorf("against the CHECK: %v", err)
	}
	if err := db.Create(&tag{Name: "x"}).Error; number(err) != 2627 {
		t.Errorf("against UNIQUE: %v", err)
	}
	if err := db.Delete(&anna).Error; number(err) != 547 {
		t.Errorf("against the FOREIGN KEY: %v", err)
	}
}

func gormReads(t *testing.T, db *gorm.DB) {
	t.Helper()
	var anna author
	err := db.Preload("Books").Preload("Tags").First(&anna, "name = ?", "ANNA").Error // CI
	if err != nil || anna.Rating != 5 || *anna.Bio != "a life" || len(anna.Books) != 2 || len(anna.Tags) != 2 || anna.Books[0].Price != 9.99 ||
		string(anna.Books[0].Data) != "\x01\x02" || time.Since(anna.CreatedAt) > time.Hour {
		t.Errorf("%+v, %v", anna, err)
	}
	var n int64
	if err := db.Model(&author{}).Where("name LIKE ?", "n1%").Count(&n).Error; err != nil || n != 111 {
		t.Errorf("%d, %v", n, err)
	}
	var page []author
	if err := db.Order("id desc").Limit(10).Offset(20).Find(&page).Error; err != nil || len(page) != 10 || page[0].Name != "n279" {
		t.Errorf("%d, %v", len(page), err)
	}
	var joined []struct{ Name, Title string }
	err = db.Model(&book{}).Select("authors.name, books.title").Joins("JOIN authors ON authors.id = books.author_id").Order("books.title").Scan(&joined).Error
	if got := fmt.Sprint(joined); err != nil || got != "[{Anna One} {Anna Two}]" {
		t.Errorf("%s, %v", got, err)
	}
	if err := db.First(&author{}, "name = ?", "nobody").Error; !errors.Is(err, gorm.ErrRecordNotFound) {
		t.Error(err)
	}
}

func gormTransactions(t *testing.T, db *gorm.DB) {
	t.Helper()
	no := errors.New("no")
	err := db.Transaction(func(tx *gorm.DB) error {
		if err := tx.Create(&tag{Name: "outer"}).Error; err != nil {
			return err
		}
		inner := tx.Transaction(func(tx *gorm.DB) error { // a savepoint
			if err := tx.Create(&tag{Name: "inner"}).Error; err != nil {
				return err
			}
			return no
		})
		if !errors.Is(inner, no) {
			return inner
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if err := db.Transaction(func(tx *gorm.DB) error { return errors.Join(tx.Create(&tag{Name: "never"}).Error, no) }); err == nil || err.Error() != "no" {
		t.Error(err)
	}
	var names []string
	if err := db.Model(&tag{}).Order("name").Pluck("name", &names).Error; err != nil || strings.Join(names, " ") != "outer x y" {
		t.Errorf("%v, %v", names, err)
	}
}

func gormMigrator(t *testing.T, db *gorm.DB) {
	t.Helper()
	m := db.Migrator()
	if !m.HasTable(&author{}) || !m.HasColumn(&author{}, "name") || !m.HasIndex(&book{}, "idx_title_year") || !m.HasConstraint(&book{}, "fk_authors_books") ||
		m.HasTable("nosuch") || m.HasColumn(&author{}, "nosuch") {
		t.Error("the migrator sees something else than what is there")
	}
	columns, err := m.ColumnTypes(&author{})
	if err != nil || len(columns) != 6 {
		t.Fatalf("%d columns, %v", len(columns), err)
	}
	if length, _ := columns[2].Length(); columns[2].Name() != "name" || columns[2].DatabaseTypeName() != "NVARCHAR" || length != 100 {
		t.Errorf("%s %s %d", columns[2].Name(), columns[2].DatabaseTypeName(), length)
	}
	indexes, err := m.GetIndexes(&book{})
	if err != nil || !slices.ContainsFunc(indexes, func(i gorm.Index) bool { return i.Name() == "idx_title_year" && len(i.Columns()) == 2 }) {
		t.Errorf("%v, %v", indexes, err)
	}
	for _, err := range []error{
		m.RenameColumn(&tag{}, "name", "label"), m.DropColumn(&author{}, "bio"), m.AlterColumn(&book{}, "Title"),
		m.DropTable(&book{}, "author_tags", &tag{}, &author{}),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	if tables, err := m.GetTables(); err != nil || len(tables) != 0 {
		t.Errorf("%v, %v", tables, err)
	}
}
