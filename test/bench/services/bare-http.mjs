/**
 * The floor: a `node:http` server that reads the form and answers the same bytes whatever they say. What it costs is HTTP.
 * Started with the port and the answer's file: body only, the headers are those of an introspection answer.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, file] = process.argv.slice(2);
const body = readFileSync(file);
const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length, 'Cache-Control': 'no-store' };

createServer((request, response) => {
  let form = '';
  request.setEncoding('latin1');
  request.on('data', (chunk) => (form += chunk));
  request.on('end', () => response.writeHead(200, headers).end(body));
}).listen(Number(port), '127.0.0.1');

process.on('SIGTERM', () => process.exit());
