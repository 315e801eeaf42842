// A program with tedious, unmodified: it signs in one way, runs one batch and prints what came, or the refusal.
//
//   sql.mjs SERVER DATABASE AUTHENTICATION BATCH
//
// AUTHENTICATION is msi, msi:CLIENT-ID, token:TOKEN, secret (from AZURE_* variables) or login:USER:PASSWORD, with
// "strict," before it for TDS 8.0.
import { Connection, Request, TYPES } from 'tedious';

const [server, database, how, batch] = process.argv.slice(2);

function authentication(text) {
  const [kind, ...rest] = text.split(':');
  const value = rest.join(':');
  switch (kind) {
    case 'msi':
      return { type: 'azure-active-directory-msi-vm', options: value ? { clientId: value } : {} };
    case 'token':
      return { type: 'azure-active-directory-access-token', options: { token: value } };
    case 'secret':
      return {
        type: 'azure-active-directory-service-principal-secret',
        options: { clientId: process.env.AZURE_CLIENT_ID, clientSecret: process.env.AZURE_CLIENT_SECRET, tenantId: process.env.AZURE_TENANT_ID },
      };
    case 'login':
      return { type: 'default', options: { userName: rest[0], password: rest.slice(1).join(':') } };
  }
  throw new Error(`no authentication is called ${kind}`);
}

export function connect() {
  const strict = how.startsWith('strict,');
  return new Promise((resolve, reject) => {
    const connection = new Connection({
      server, authentication: authentication(how.replace('strict,', '')),
      options: { database, encrypt: strict ? 'strict' : true, rowCollectionOnRequestCompletion: true, connectTimeout: 20000, requestTimeout: 30000 },
    });
    connection.on('error', reject);
    connection.connect(error => (error ? reject(error) : resolve(connection)));
  });
}

export function run(connection, text, prepare = () => {}, send = 'execSql') {
  return new Promise((resolve, reject) => {
    const outputs = {};
    const request = new Request(text, (error, count, rows) => (error ? reject(error) : resolve({ count, rows: rows.map(r => r.map(c => c.value)), outputs })));
    request.on('returnValue', (name, value) => { outputs[name] = value; });
    prepare(request);
    connection[send](request);
  });
}

const done = (connection, method, ...args) => new Promise((resolve, reject) => connection[method](error => (error ? reject(error) : resolve()), ...args));

function expect(what, got, want) {
  if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error(`${what}: ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

// story goes through what tedious can do.
async function story(connection) {
  const typed = await run(connection, 'SELECT @i AS i, @n AS n, @v AS v, @d AS d, @b AS b, @g AS g, @f AS f, @m AS m, @t AS t, @x AS x', r => {
    r.addParameter('i', TYPES.Int, -5);
    r.addParameter('n', TYPES.NVarChar, 'naïve 😀');
    r.addParameter('v', TYPES.VarChar, 'Zürich');
    r.addParameter('d', TYPES.DateTime2, new Date('2024-02-29T12:34:56.789Z'));
    r.addParameter('b', TYPES.VarBinary, Buffer.from([0, 255]));
    r.addParameter('g', TYPES.UniqueIdentifier, '00112233-4455-6677-8899-AABBCCDDEEFF');
    r.addParameter('f', TYPES.Float, 1.5);
    r.addParameter('m', TYPES.NVarChar, 'x'.repeat(50000));
    r.addParameter('t', TYPES.Bit, true);
    r.addParameter('x', TYPES.Int, null);
  });
  expect('types', typed.rows[0], [-5, 'naïve 😀', 'Zürich', new Date('2024-02-29T12:34:56.789Z'), Buffer.from([0, 255]),
    '00112233-4455-6677-8899-AABBCCDDEEFF', 1.5, 'x'.repeat(50000), true, null]);
  await run(connection, 'CREATE TABLE dbo.node (id int NOT NULL PRIMARY KEY, name nvarchar(50) NULL, long nvarchar(max) NULL, at datetime2(3) NULL)', undefined, 'execSqlBatch');
  await run(connection, 'CREATE PROCEDURE dbo.twice @n int OUTPUT AS SET @n = @n * 2', undefined, 'execSqlBatch');
  const called = await run(connection, 'dbo.twice', r => r.addOutputParameter('n', TYPES.Int, 21), 'callProcedure');
  expect('output', called.outputs, { n: 42 });

  const sums = [];
  await new Promise((resolve, reject) => {
    const prepared = new Request('SELECT @a + @b', error => (error ? reject(error) : undefined));
    prepared.addParameter('a', TYPES.Int);
    prepared.addParameter('b', TYPES.Int);
    prepared.on('row', row => sums.push(row[0].value));
    let next = 0;
    prepared.on('prepared', () => connection.execute(prepared, { a: next, b: 10 }));
    prepared.on('requestCompleted', () => {
      if (sums.length === 0) return;
      next += 1;
      if (next < 3) connection.execute(prepared, { a: next, b: 10 });
      else resolve();
    });
    connection.prepare(prepared);
  });
  expect('prepared', sums, [10, 11, 12]);

  const loaded = await new Promise((resolve, reject) => {
    const load = connection.newBulkLoad('dbo.node', (error, count) => (error ? reject(error) : resolve(count)));
    load.addColumn('id', TYPES.Int, { nullable: false });
    load.addColumn('name', TYPES.NVarChar, { length: 50, nullable: true });
    load.addColumn('long', TYPES.NVarChar, { length: Infinity, nullable: true });
    load.addColumn('at', TYPES.DateTime2, { scale: 3, nullable: true });
    const rows = Array.from({ length: 2000 }, (_, i) => [i, i % 3 ? `name ${i}` : null, 'long '.repeat(i % 50), new Date(i)]);
    connection.execBulkLoad(load, rows);
  });
  expect('bulk', loaded, 2000);
  const none = await new Promise((resolve, reject) => {
    const load = connection.newBulkLoad('dbo.node', (error, count) => (error ? reject(error) : resolve(count)));
    load.addColumn('id', TYPES.Int, { nullable: false });
    connection.execBulkLoad(load, []);
  });
  expect('bulk of no rows', none, 0);
  await run(connection, 'CREATE TABLE #sorted (id int NOT NULL PRIMARY KEY)', undefined, 'execSqlBatch');
  const unsorted = await new Promise(resolve => {
    const load = connection.newBulkLoad('#sorted', { order: { id: 'ASC' } }, error => resolve(error?.number));
    load.addColumn('id', TYPES.Int, { nullable: false });
    connection.execBulkLoad(load, [[1], [3], [2]]);
  });
  expect('bulk out of order', unsorted, 4819);
  expect('bulk rows', (await run(connection, 'SELECT COUNT(*), COUNT(name), MAX(LEN(long)) FROM dbo.node')).rows[0], [2000, 1333, '244']);

  await done(connection, 'beginTransaction', 'outer', 0x02);
  await run(connection, 'DELETE dbo.node');
  await done(connection, 'saveTransaction', 'point');
  await done(connection, 'rollbackTransaction');
  expect('rollback', (await run(connection, 'SELECT COUNT(*) FROM dbo.node')).rows[0], [2000]);

  for (const text of ["WAITFOR DELAY '00:01:00'", 'SELECT a.id FROM dbo.node a CROSS JOIN dbo.node b CROSS JOIN dbo.node c']) {
    const begun = Date.now();
    const code = await new Promise(resolve => {
      connection.execSqlBatch(new Request(text, error => resolve(error?.code)));
      setTimeout(() => connection.cancel(), 100);
    });
    expect(`cancel ${text}`, code, 'ECANCEL');
    if (Date.now() - begun > 20000) throw new Error('cancel takes too long');
  }
  await new Promise((resolve, reject) => connection.reset(error => (error ? reject(error) : resolve())));
  return run(connection, 'SELECT @@TRANCOUNT');
}

try {
  const connection = await connect();
  const answer = batch === 'story' ? await story(connection) : await run(connection, batch, undefined, 'execSqlBatch');
  console.log(JSON.stringify({ rows: answer.rows }));
  connection.close();
} catch (error) {
  const cause = error.errors?.at(-1) ?? error.cause ?? error;
  console.log(JSON.stringify({ number: cause.number ?? error.number ?? 0, code: error.code, text: error.message }));
  process.exit(1);
}
