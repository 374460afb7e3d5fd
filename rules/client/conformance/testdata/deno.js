// Deno's own client: see driver_test.go for the lines.
async function connect(hostname, port, store) {
  let plain;
  try {
    plain = await Deno.connect({ hostname: '127.0.0.1', port: Number(port) });
    const secure = await Deno.startTls(plain, { hostname, caCerts: [await Deno.readTextFile(store)] });
    plain = secure;
    await secure.handshake();
    return ['accept', ''];
  } catch (e) {
    return [/invalid peer certificate/.test(e.message) ? 'reject' : 'error', `${e.name} ${e.message}`];
  } finally {
    try {
      plain.close();
    } catch {
      // It never was open, or is closed already.
    }
  }
}

console.log(`Deno ${Deno.version.deno}`);
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
let rest = '';
for await (const text of lines) {
  const parts = (rest + text).split('\n');
  rest = parts.pop();
  for (const line of parts) {
    const [word, message] = await connect(...line.split('\t'));
    console.log(word + '\t' + message.replace(/[\n\t]/g, ' '));
  }
}
