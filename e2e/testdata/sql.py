# Programs of pymssql's and pyodbc's (FreeTDS), unmodified, with a SQL login: sql.py HOST PORT USER PASSWORD DATABASE.
import datetime, decimal, glob, sys

import pymssql, pyodbc

host, port, user, password, database = sys.argv[1:]


def expect(what, got, want):
    if got != want:
        sys.exit('%s: %r, want %r' % (what, got, want))


def refused(what, number, run):
    try:
        run()
    except Exception as e:
        if str(number) not in repr(e):
            sys.exit('%s: %r, want %d' % (what, e, number))
        return
    sys.exit('%s is not refused' % what)


def with_pymssql():
    refused('wrong password', 18456, lambda: pymssql.connect(server=host, port=port, user=user, password='wrong', database=database))
    db = pymssql.connect(server=host, port=port, user=user, password=password, database=database)
    c = db.cursor()
    c.execute('CREATE TABLE dbo.py (id int IDENTITY PRIMARY KEY, name nvarchar(50), price decimal(10,2), at datetime2(3), data varbinary(max), flag bit)')
    rows = [('ünï %d' % i, decimal.Decimal('1.25') * i, datetime.datetime(2024, 2, 29, 1, 2, 3), b'\x00\xff', i % 2) for i in range(10)]
    c.executemany('INSERT dbo.py (name, price, at, data, flag) VALUES (%s, %d, %s, %s, %d)', rows)
    db.commit()
    c.execute('SELECT COUNT(*), SUM(price) FROM dbo.py')
    expect('rows', c.fetchone(), (10, decimal.Decimal('56.25')))
    c.execute('SELECT name, at, data, flag FROM dbo.py WHERE id = %d', (2,))
    expect('row', c.fetchone(), ('ünï 1', datetime.datetime(2024, 2, 29, 1, 2, 3), b'\x00\xff', True))
    c.execute('DELETE dbo.py')
    expect('deleted', c.rowcount, 10)
    db.rollback()
    c.execute('SELECT COUNT(*) FROM dbo.py')
    expect('after the rollback', c.fetchone(), (10,))
    refused('division', 8134, lambda: c.execute('SELECT 1/0'))
    db.rollback()
    c.execute("EXEC sp_executesql N'SELECT @a + 1', N'@a int', @a = 41")
    expect('sp_executesql', c.fetchall(), [(42,)])
    db.commit()
    db.close()


def with_pyodbc():
    driver = glob.glob('/usr/lib/*/odbc/libtdsodbc.so')[0]
    db = pyodbc.connect('DRIVER=%s;SERVER=%s;PORT=%s;UID=%s;PWD=%s;DATABASE=%s;TDS_Version=7.4;ClientCharset=UTF-8;Encryption=require'
                        % (driver, host, port, user, password, database))
    c = db.cursor()
    c.execute('SELECT ?, ?, ?, ?, ?', 1, 'zwei ü', b'abc', decimal.Decimal('12.50'), datetime.datetime(2024, 2, 29, 1, 2, 3))
    expect('parameters', tuple(c.fetchone()), (1, 'zwei ü', b'abc', decimal.Decimal('12.50'), datetime.datetime(2024, 2, 29, 1, 2, 3)))
    c.execute('INSERT dbo.py (name) VALUES (?)', 'by odbc')
    c.execute('SELECT name FROM dbo.py WHERE name = ?', 'BY ODBC')
    expect('row', [tuple(r) for r in c.fetchall()], [('by odbc',)])
    db.rollback()
    refused('duplicate', 2627, lambda: c.execute('SET IDENTITY_INSERT dbo.py ON; INSERT dbo.py (id) VALUES (1)'))
    db.rollback()
    tables = [r.table_name for r in c.tables(table='py')]
    expect('SQLTables', tables, ['py'])
    columns = [(r.column_name, r.type_name) for r in c.columns(table='py')]
    expect('SQLColumns', columns[:2], [('id', 'int identity'), ('name', 'nvarchar')])
    keys = [r.column_name for r in c.primaryKeys('py')]
    expect('SQLPrimaryKeys', keys, ['id'])
    db.close()


with_pymssql()
with_pyodbc()
print('done')
