'use strict';

// Loaded into every Serverless process: AWS calls go to the local store, nothing else goes anywhere.
//
// SLSMIGRATE_E2E_STORE    the store's address, http://127.0.0.1:PORT
// SLSMIGRATE_E2E_REFUSED  a file that gets a line for each connection that was refused

const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const { syncBuiltinESMExports } = require('node:module');

const store = new URL(process.env.SLSMIGRATE_E2E_STORE);
const AWS_HOST = /(^|\.)amazonaws\.com(\.cn)?$/;

// Both generations of the AWS SDK call `https.request(options)`. The host header stays, and with it the region.
const request = https.request;
https.request = function toStore(options, ...rest) {
  const host = options && (options.hostname || options.host);
  if (typeof host !== 'string' || !AWS_HOST.test(host)) return request.call(this, options, ...rest);
  const { agent, host: _host, ...kept } = options;
  const headers = { ...options.headers, host };
  const local = { ...kept, headers, protocol: 'http:', hostname: store.hostname, port: Number(store.port) };
  return http.request(local, ...rest);
};

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function guarded(...args) {
  const { path, host, port } = target(args);
  if (path !== undefined || (host === store.hostname && Number(port) === Number(store.port))) {
    return connect.apply(this, args);
  }
  fs.appendFileSync(process.env.SLSMIGRATE_E2E_REFUSED, `${host || 'localhost'}:${port}\n`);
  process.nextTick(() => this.destroy(new Error(`connection to ${host}:${port} refused by the test run`)));
  return this;
};

// The forms that `net.Socket#connect` takes: normalized arguments, options, a pipe's path, or port and host.
function target(args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === 'object') return first;
  if (typeof first === 'string' && Number.isNaN(Number(first))) return { path: first };
  return { port: first, host: typeof second === 'string' ? second : undefined };
}

syncBuiltinESMExports();
