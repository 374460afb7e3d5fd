// A TLS server for keys that Go's cannot use. It reads lines of a chain's file,
// a key's file and the only version to speak, and answers each by the port where
// it shows the chain, or by 0 and why it cannot, separated by a tab.
'use strict';
const fs = require('fs');
const readline = require('readline');
const tls = require('tls');

function listen(chain, key, version) {
  return new Promise((resolve) => {
    const server = tls.createServer({
      cert: fs.readFileSync(chain), key: fs.readFileSync(key), minVersion: version, maxVersion: version,
      ciphers: 'ALL:aDSS:!aNULL:!PSK:!SRP:@SECLEVEL=0', dhparam: 'auto',
      // The server has no wish of its own: what the client lists decides.
      ecdhCurve: 'X25519:P-256:P-384:P-521:X448:brainpoolP256r1:brainpoolP384r1:brainpoolP512r1:P-224:P-192:secp256k1',
    });
    server.on('tlsClientError', () => {});
    server.on('secureConnection', (socket) => {
      socket.on('error', () => {});
      socket.setTimeout(60000, () => socket.destroy());
      let request = '';
      socket.on('data', (data) => {
        request += data;
        if (request.includes('\r\n\r\n')) {
          socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
        }
      });
    });
    server.listen(0, '127.0.0.1', () => resolve([server.address().port, '']));
  });
}

console.log(process.versions.openssl);
(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let answer;
    try {
      answer = await listen(...line.split('\t'));
    } catch (e) {
      answer = [0, e.message.replace(/[\n\t]/g, ' ')];
    }
    console.log(answer.join('\t'));
  }
})();
