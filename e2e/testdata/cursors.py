# Scrolling and changing rows through server cursors with FreeTDS's ODBC driver, called as C does: cursors.py CONNECTION.
import ctypes as C, sys

odbc = C.CDLL('libodbc.so.2')
NEXT, FIRST, LAST, PRIOR, ABSOLUTE, RELATIVE = 1, 2, 3, 4, 5, 6
KEYSET, DYNAMIC, STATIC = 1, 2, 3
READ_ONLY, LOCK, ROWVER = 1, 2, 3
UPDATE, DELETE = 2, 3
NO_DATA = 100


def handle(kind, parent):
    h = C.c_void_p()
    if odbc.SQLAllocHandle(kind, parent, C.byref(h)):
        sys.exit('no handle %d' % kind)
    return h


def diagnosis(kind, h):
    out = []
    state, number, text, size = C.create_string_buffer(6), C.c_int(), C.create_string_buffer(1000), C.c_short()
    while odbc.SQLGetDiagRec(kind, h, len(out) + 1, state, C.byref(number), text, 1000, C.byref(size)) in (0, 1):
        out.append((number.value, text.value.decode()))
    return out


class Statement:
    def __init__(self, kind=None, concurrency=READ_ONLY, rows=1):
        self.h = handle(3, dbc)
        if kind is not None:
            for attribute, v in (7, concurrency), (6, kind), (27, rows):
                self.check(odbc.SQLSetStmtAttr(self.h, attribute, C.c_void_p(v), 0))
        self.n, self.nl = (C.c_int * rows)(), (C.c_ssize_t * rows)()
        self.text, self.tl = ((C.c_char * 20) * rows)(), (C.c_ssize_t * rows)()
        self.fetched = C.c_size_t()

    def check(self, code):
        if code not in (0, 1, NO_DATA):
            raise Exception(diagnosis(3, self.h))
        return code

    def run(self, text, name=None):
        if name:
            self.check(odbc.SQLSetCursorName(self.h, name.encode(), -3))
        self.check(odbc.SQLExecDirect(self.h, text.encode(), -3))
        odbc.SQLBindCol(self.h, 1, 4, self.n, 0, self.nl)
        odbc.SQLBindCol(self.h, 2, 1, self.text, 20, self.tl)
        odbc.SQLSetStmtAttr(self.h, 26, C.byref(self.fetched), 0)
        return self

    def fetch(self, move, n=0):
        if self.check(odbc.SQLFetchScroll(self.h, C.c_short(move), C.c_ssize_t(n))) == NO_DATA:
            return []
        return [(self.n[i], self.text[i].value.decode()) for i in range(self.fetched.value)]

    def at(self, row, operation):
        self.check(odbc.SQLSetPos(self.h, C.c_size_t(row), C.c_ushort(operation), C.c_ushort(0)))

    def close(self):
        odbc.SQLFreeHandle(3, self.h)


def do(text):
    s = Statement()
    s.run(text)
    s.close()


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


def scrolling():
    for kind in STATIC, KEYSET, DYNAMIC:
        s = Statement(kind, rows=2).run('SELECT i, c FROM dbo.cu ORDER BY i')
        for move, n, want in ((NEXT, 0, [1, 2]), (NEXT, 0, [3, 4]), (PRIOR, 0, [1, 2]), (LAST, 0, [4, 5]), (RELATIVE, -2, [2, 3]), (FIRST, 0, [1, 2]),
                              (ABSOLUTE, 4, [4, 5]), (NEXT, 0, []), (PRIOR, 0, [4, 5])):
            expect('kind %d move %d %d' % (kind, move, n), [r[0] for r in s.fetch(move, n)], want)
        s.close()


def changing():
    do("CREATE TABLE #heap (i int, c varchar(6)); INSERT #heap VALUES (1, 'foo'), (2, 'bar'), (3, 'baz')")
    s = Statement(DYNAMIC, ROWVER).run('SELECT i, c FROM #heap')
    s.fetch(NEXT), s.fetch(NEXT)
    s.n[0], s.text[0].value, s.tl[0] = 20, b'upd', -3
    s.at(1, UPDATE)
    expect('the row before', s.fetch(PRIOR), [(1, 'foo')])
    expect('the row changed', s.fetch(NEXT), [(20, 'upd')])
    s.at(1, DELETE)
    expect('the first row', s.fetch(FIRST), [(1, 'foo')])
    expect('the row behind the deleted one', s.fetch(NEXT), [(3, 'baz')])
    s.close()
    s = Statement(KEYSET, ROWVER, 3).run('SELECT i, c FROM dbo.cu WHERE i > 2', 'cname')
    expect('rows', s.fetch(NEXT), [(3, 'c'), (4, 'd'), (5, 'e')])
    do("UPDATE dbo.cu SET c = 'named' WHERE CURRENT OF cname")
    do("UPDATE dbo.cu SET c = 'other' WHERE i = 4")
    refused('a row changed meanwhile', 16947, lambda: s.at(2, DELETE))
    expect('rows as they are', s.fetch(FIRST)[:2], [(3, 'named'), (4, 'other')])
    s.at(2, DELETE)
    s.close()
    refused('a table that is not there', 208, lambda: Statement(KEYSET).run('SELECT i FROM dbo.nowhere'))
    refused('a cursor that cannot be', 16929, lambda: read_only())


def read_only():
    s = Statement(KEYSET, LOCK).run("SELECT COUNT(*), 'x' FROM dbo.cu", 'ro')
    s.fetch(NEXT)
    do('DELETE dbo.cu WHERE CURRENT OF ro')


env = handle(1, None)
odbc.SQLSetEnvAttr(env, 200, C.c_void_p(3), 0)
dbc = handle(2, env)
if odbc.SQLDriverConnect(dbc, None, sys.argv[1].encode(), -3, None, 0, None, 0) not in (0, 1):
    sys.exit(repr(diagnosis(2, dbc)))
do("CREATE TABLE dbo.cu (i int NOT NULL PRIMARY KEY, c varchar(20)); INSERT dbo.cu VALUES (1,'a'),(2,'b'),(3,'c'),(4,'d'),(5,'e')")
scrolling()
changing()
print('done')
