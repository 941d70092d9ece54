// All of one stamp but its nodes, which belong to the cluster.

import { accountOf, appOf, resourceOf, serviceBusOf, signalROf } from '../shared/names.bicep'
import { stampSettingsOf } from '../shared/settings.bicep'
import { region as regionType, scale } from '../shared/types.bicep'
import { role } from '../shared/roles.bicep'

param name string
param region regionType
param tags object
param size scale
param isolated bool

@description('Addresses of the stamp\'s network, if it has one.')
param addresses string

param workspaceId string
param identity { identity: string, principal: string, client: string }

@description('The stamps, which all push into this region\'s SignalR Service.')
param pushers { identity: string, principal: string }[]

@description('Where the page is.')
param origins string[]

@description('Whether Front Door alone may call; else anybody may.')
param locked bool

@description('The id that Front Door says it has.')
param frontDoorId string

@description('Nodes of all regions.')
param nodes { name: string, id: string }[]

param vault string

@description('What all stamps are told.')
param settings object

var location = region.location
var hostAccount = accountOf('h', name, location)
var owner = { identity: identity.identity, principal: identity.principal }

module network 'network.bicep' = if (isolated) {
  name: 'network'
  params: { location: location, name: resourceOf('vnet', name, location), tags: tags, addresses: addresses, workspaceId: workspaceId }
}

module storage '../shared/storage.bicep' = {
  name: 'storage'
  params: {
    account: hostAccount
    location: location
    tags: tags
    zones: region.zones
    services: ['blob', 'table']
    containers: ['package']
    isolated: isolated
    workspaceId: workspaceId
    grants: [
      union(owner, { role: role.storageBlobDataOwner, need: 'The host keeps leases of timers and its keys, and reads the app\'s package.' })
      union(owner, { role: role.storageTableDataContributor, need: 'The host writes its diagnostic events.' })
    ]
  }
}

module queues 'servicebus.bicep' = {
  name: 'queues'
  params: { location: location, name: serviceBusOf(name, location), tags: tags, isolated: isolated, workspaceId: workspaceId, identity: owner }
}

module signalR 'signalr.bicep' = {
  name: 'signalR'
  params: { location: location, name: signalROf(name, location), tags: tags, size: size, origins: origins, pushers: pushers, workspaceId: workspaceId }
}

module endpoints 'endpoints.bicep' = if (isolated) {
  name: 'endpoints'
  params: {
    location: location
    tags: tags
    subnet: isolated ? network!.outputs.endpointSubnet : ''
    targets: concat(map(nodes, node => { name: node.name, kind: 'table', id: node.id }), [
      { name: 'vault', kind: 'vault', id: vault }
      { name: 'host-blob', kind: 'blob', id: storage.outputs.id }
      { name: 'host-table', kind: 'table', id: storage.outputs.id }
      { name: 'queues', kind: 'namespace', id: queues.outputs.id }
    ])
  }
}

module app 'app.bicep' = {
  name: 'app'
  params: {
    location: location
    name: appOf(name, location)
    plan: resourceOf('plan', name, location)
    tags: tags
    size: size
    zones: region.zones
    subnet: isolated ? network!.outputs.appSubnet : ''
    isolated: isolated
    locked: locked
    frontDoorId: frontDoorId
    hostAccount: hostAccount
    identity: identity
    workspaceId: workspaceId
    settings: union(settings, stampSettingsOf(name, location, identity.client, locked, frontDoorId))
  }
  dependsOn: [storage, queues, signalR, endpoints]
}

output app string = app.outputs.id
output host string = app.outputs.host
output namespace string = queues.outputs.id
