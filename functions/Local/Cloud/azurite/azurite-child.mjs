// Runs Azurite in this process and ends with its parent: when stdin ends, the parent stopped or was killed.
// Arguments: azurite.js, the data folder (empty: in memory), the run's token, then Azurite's own options.
import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import path from "node:path";

const [program, folder, token, ...options] = process.argv.slice(2);
const interruptGraceMs = 5_000;
const stopLimitMs = 10_000;

let stopping = false;
let served = false;
let answering = 0;
let shutdown;
const sockets = new Set();

if (folder) {
  // Not a pipe to the parent: a write to a dead parent's pipe would end this process before it has saved.
  const log = fs.openSync(path.join(folder, "azurite.log"), "a");
  const write = (chunk, encoding, done) => {
    fs.writeSync(log, chunk);
    (typeof encoding === "function" ? encoding : done)?.();
    return true;
  };
  process.stdout.write = write;
  process.stderr.write = write;
  syncFolder();
}

// Azurite saves the moment it closes; a request answered after that would be acknowledged and lost. So while
// stopping, no request is accepted, and Azurite closes when those under way are answered.
const emit = http.Server.prototype.emit;
http.Server.prototype.emit = function (event, request, response) {
  if (event === "connection") {
    const socket = request;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  }
  if (event === "request") {
    if (stopping) {
      request.socket.destroy();
      return true;
    }
    served = true;
    answering++;
    response.once("close", () => {
      answering--;
      closeWhenAnswered();
    });
  }
  return emit.apply(this, arguments);
};

// Azurite registers its own shutdown once it serves; signals must go through stop() instead.
const once = process.once;
process.once = function (event, listener) {
  if (event === "message") {
    shutdown = () => listener("shutdown");
    closeWhenAnswered();
    return this;
  }
  return event === "SIGINT" || event === "SIGTERM" ? this : once.call(this, event, listener);
};

function stop() {
  if (stopping) return;
  stopping = true;
  process.stdin.destroy();
  setTimeout(() => process.exit(1), stopLimitMs).unref();
  closeWhenAnswered();
}

function closeWhenAnswered() {
  if (!stopping || answering > 0 || !shutdown) return;
  const close = shutdown;
  shutdown = undefined;
  close();

  // A client may hold a connection on which it never sent anything: Azurite would wait for it.
  for (const socket of sockets) socket.destroy();
}

// A terminal sends Ctrl+C to the whole group; the parent still needs its storage while it stops.
const stopSoon = () => setTimeout(stop, interruptGraceMs).unref();
process.on("SIGTERM", stop);
process.on("SIGINT", stopSoon);
process.on("SIGHUP", stopSoon);
process.stdin.on("end", stop).on("close", stop).on("error", stop).resume();

process.on("uncaughtException", (error) => {
  console.error(error);
  process.exit(1);
});

process.on("exit", (code) => {
  // What never served has nothing to lose, however it ended.
  if (!folder || (served && (code !== 0 || !stopping))) return;
  for (const file of fs.readdirSync(folder).filter((name) => name.startsWith("__azurite_db_"))) {
    sync(path.join(folder, file), "r+");
  }
  fs.writeFileSync(path.join(folder, "clean"), token, { flush: true });
  syncFolder();
});

function sync(file, mode) {
  const descriptor = fs.openSync(file, mode);
  fs.fsyncSync(descriptor);
  fs.closeSync(descriptor);
}

// So that a power failure cannot bring an old marker back. Windows cannot sync a folder.
function syncFolder() {
  if (process.platform !== "win32") sync(folder, "r");
}

process.argv = [process.argv[0], program, ...options];
createRequire(import.meta.url)(program);
