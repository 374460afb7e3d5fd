// Node's tls module as people use it: see driver_test.go for the lines.
'use strict';
const fs = require('fs');
const net = require('net');
const readline = require('readline');
const tls = require('tls');

function connect(host, port, store) {
  return new Promise((resolve) => {
    // An address is no server name, and then the host's identity is checked.
    const servername = net.isIP(host) ? undefined : host;
    let socket;
    try {
      socket = tls.connect({
        host: '127.0.0.1', port: Number(port), servername, ca: fs.readFileSync(store, 'utf8'),
        ecdhCurve: 'auto', // the default since Node 10
      });
    } catch (e) {
      resolve(['error', 'anchors: ' + e.message]);
      return;
    }
    socket.setTimeout(30000, () => socket.destroy(new Error('timeout')));
    socket.once('secureConnect', () => { resolve(['accept', '']); socket.destroy(); });
    socket.on('error', (e) => {
      // Verification errors have OpenSSL's names, the name's mismatch has
      // Node's; what cannot be parsed is told by OpenSSL's ASN.1 library, and is a
      // DECODE_ERROR to BoringSSL.
      const system = typeof e.syscall === 'string' || e.message === 'timeout' || e.code === 'ECONNRESET';
      const text = e.code || e.message;
      const protocol = /^ERR_SSL_|SSL routines/.test(text) && !/ASN1|asn1|DECODE_ERROR|NESTED|WRONG_TAG|HEADER_TOO_LONG|BAD_OBJECT|CERTIFICATE|certificate verify/.test(text);
      resolve([system || protocol ? 'error' : 'reject', (e.code || '') + ' ' + e.message]);
    });
  });
}

// The build tells which OpenSSL it is: its own, or the system's, whose
// defaults are stricter.
if (process.versions.bun) {
  console.log(`Bun ${process.versions.bun}`);
} else {
  console.log(`${process.version} OpenSSL ${process.versions.openssl}${process.config.variables.node_shared_openssl ? ' shared' : ''}`);
}
// The driver waits for each answer before it asks again.
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  connect(...line.split('\t')).then(([word, message]) => console.log(word + '\t' + message.replace(/[\n\t]/g, ' ')));
});
