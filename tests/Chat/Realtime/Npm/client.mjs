// Connects to a hub with the public client as it comes from npm, and writes each push as a line of JSON until its input ends.
// Usage: node client.mjs <address> <token> <transport>; runs in the folder of its packages.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const signalR = createRequire(join(process.cwd(), 'package.json'))('@microsoft/signalr');
const [address, token, transport] = process.argv.slice(2);
const connection = new signalR.HubConnectionBuilder()
  .withUrl(address, { accessTokenFactory: () => token, transport: signalR.HttpTransportType[transport] })
  .configureLogging(signalR.LogLevel.Error)
  .build();

connection.on('chat', (push) => console.log(JSON.stringify(push)));
await connection.start();
console.log(JSON.stringify({ type: 'connected', transport }));
process.stdin.on('end', () => connection.stop()).resume();
