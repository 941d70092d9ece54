import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import type { Push } from './wire'

/** A connection over which the server pushes. */
export interface Hub {
  start(): Promise<void>
  stop(): Promise<void>
}

/** @param address as negotiated  @param heard told of each push  @param closed told once, when it is over */
export type Connect = (address: { url: string; accessToken: string }, heard: (push: Push) => void, closed: () => void) => Hub

/** SignalR's public client. It comes back by our own loop, not by its own: after each connection there is a heartbeat and a sync. */
export const connect: Connect = (address, heard, closed) => {
  const connection = new HubConnectionBuilder().withUrl(address.url, { accessTokenFactory: () => address.accessToken }).configureLogging(LogLevel.None).build()
  connection.on('chat', heard)
  connection.onclose(closed)
  return { start: () => connection.start(), stop: () => connection.stop() }
}
