// Serverless in as many regions as `regions` says. Nothing else has to be changed to add one.
//
// At the scope of a subscription, with one resource group for what is shared and one in each region: a group lives in a region, and when that is lost
// nothing in the group can be changed. So the loss of one region leaves the others manageable.

targetScope = 'subscription'

import { auth as authType, providers as providersType, region, scale as scaleType } from 'shared/types.bicep'
import { accountOf, appOf, groupOf, nodeOf, resourceOf, signalROf, tagsOf } from 'shared/names.bicep'
import { role } from 'shared/roles.bicep'
import { settingsOf } from 'shared/settings.bicep'

@description('What this deployment is called: in every resource\'s name.')
@minLength(3)
@maxLength(8)
param name string

@description('dev may consist of a single region.')
param kind 'dev' | 'prod'

@description('The regions, in an order that is never changed: new ones are added at the end. At most eight, as many as ids have room for.')
@minLength(1)
@maxLength(8)
param regions region[]

@description('What is in front. none: clients call the stamp, and there is no page. standard: with a firewall of our own rules. premium: with managed rules, and Private Link to isolated stamps.')
param frontDoor 'none' | 'standard' | 'premium'

@description('Whether stamps and storage are reached over private networks only. Needs frontDoor premium.')
param isolated bool = false

@description('A domain of one\'s own, such as { zone: \'example.com\', host: \'chat\' }: its zone is created; empty: Front Door\'s own name.')
param domain { zone: string, host: string }?

param scale scaleType
param auth authType
param providers providersType = { links: false }

@description('The environment of azd that deploys this, by which azd finds what is its own; empty: not deployed by azd.')
param azdEnvironment string = ''

@description('Who uploads the page: the object id of the deployment\'s own principal; empty: somebody who may already.')
param publisher string = ''

@description('Where alerts are sent; empty: nowhere.')
param mail string = ''

// 7 bits of a snowflake (Ids:WorkerBits): the instances of a region that can issue ids at once.
var workerIds = 128

// Scale groups that issue ids: HTTP, and the queue of requests that were put off.
var issuingGroups = 2

var problems = filter([
  kind != 'dev' && length(regions) < 3 ? 'Three copies in three regions need at least three regions: add one, a witness will do.' : ''
  reduce(map(regions, one => length(one.nodes)), 0, (sum, count) => int(sum) + int(count)) < 3 ? 'Three copies need at least three nodes.' : ''
  empty(filter(regions, one => one.role == 'stamp')) ? 'At least one region must be a stamp.' : ''
  length(union(map(regions, one => one.location), [])) < length(regions) ? 'A region is named twice.' : ''
  isolated && frontDoor != 'premium' ? 'Isolated stamps are reached over Private Link, which only frontDoor premium has.' : ''
  domain != null && frontDoor == 'none' ? 'A domain needs a front door.' : ''
  scale.instances * issuingGroups > workerIds ? 'More instances than worker ids: ${scale.instances} may issue ids in a region that has ${workerIds}.' : ''
  kind != 'dev' && scale.signalR == 'Free_F1' ? 'The free SignalR plan has 20 connections: it is for dev only.' : ''
], problem => problem != '')
var checked = empty(problems) ? regions : fail(join(problems, ' '))

var stamps = filter(checked, one => one.role == 'stamp')
var home = checked[0].location
var hasEdge = frontDoor != 'none'
var edgeName = 'afd-${name}'
var vaultName = take('kv-${name}-${uniqueString(subscription().id, name, home)}', 24)
var pageAccount = accountOf('page', take(name, 7), home)
var nodes = flatten(map(checked, one => map(one.nodes, letter => {
  id: nodeOf(one.location, letter)
  region: one.location
  zones: one.zones
  account: accountOf('n${letter}', name, one.location)
})))
var listedNodes = map(nodes, node => { id: node.id, region: node.region, account: node.account })

var azdTags = empty(azdEnvironment) ? {} : { 'azd-env-name': azdEnvironment }

resource globalGroup 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: groupOf(name, 'global')
  location: home
  tags: union(tagsOf(name, kind, 'global'), azdTags)
}

resource groups 'Microsoft.Resources/resourceGroups@2024-11-01' = [for one in checked: {
  name: groupOf(name, one.location)
  location: one.location
  tags: union(tagsOf(name, kind, one.role), azdTags)
}]

module monitoring 'shared/monitoring.bicep' = {
  name: 'monitoring'
  scope: globalGroup
  params: { location: home, name: resourceOf('log', name, home), tags: tagsOf(name, kind, 'global') }
}

module identities 'stamp/identity.bicep' = [for one in stamps: {
  name: 'identity-${one.location}'
  scope: resourceGroup(groupOf(name, one.location))
  params: { location: one.location, name: resourceOf('id', name, one.location), tags: tagsOf(name, kind, 'stamp') }
  dependsOn: [groups]
}]

module accounts 'shared/storage.bicep' = [for node in nodes: {
  name: 'node-${node.id}'
  scope: resourceGroup(groupOf(name, node.region))
  params: {
    account: node.account
    location: node.region
    tags: union(tagsOf(name, kind, 'node'), { node: node.id })
    zones: node.zones
    services: ['table']
    isolated: isolated
    workspaceId: monitoring.outputs.id
    grants: [for (one, i) in stamps: {
      identity: identities[i].outputs.id
      principal: identities[i].outputs.principal
      role: role.storageTableDataContributor
      need: 'Reads and writes the node\'s table.'
    }]
  }
  dependsOn: [groups]
}]

module edge 'shared/edge.bicep' = if (hasEdge) {
  name: 'edge'
  scope: globalGroup
  params: {
    name: edgeName
    location: home
    tags: tagsOf(name, kind, 'global')
    tier: frontDoor == 'premium' ? 'premium' : 'standard'
    workspaceId: monitoring.outputs.id
  }
}

module vault 'shared/vault.bicep' = {
  name: 'vault'
  scope: globalGroup
  params: {
    location: home
    name: vaultName
    tags: tagsOf(name, kind, 'global')
    isolated: isolated
    workspaceId: monitoring.outputs.id
    readers: [for (one, i) in stamps: { identity: identities[i].outputs.id, principal: identities[i].outputs.principal }]
  }
}

var host = domain == null ? (hasEdge ? edge!.outputs.host : '${appOf(name, stamps[0].location)}.azurewebsites.net') : '${domain!.host}.${domain!.zone}'
var address = 'https://${host}'

// Without a front door the page runs on the machine of whoever works on it.
var localPage = ['http://localhost:5173', 'http://127.0.0.1:5173']

module stampModules 'stamp/stamp.bicep' = [for (one, i) in stamps: {
  name: 'stamp-${one.location}'
  scope: resourceGroup(groupOf(name, one.location))
  params: {
    name: name
    region: one
    tags: tagsOf(name, kind, 'stamp')
    size: scale
    isolated: isolated
    addresses: '10.${40 + indexOf(map(checked, each => each.location), one.location)}.0.0/24'
    workspaceId: monitoring.outputs.id
    identity: { identity: identities[i].outputs.id, principal: identities[i].outputs.principal, client: identities[i].outputs.client }
    pushers: [for (other, j) in stamps: { identity: identities[j].outputs.id, principal: identities[j].outputs.principal }]
    origins: hasEdge ? ['https://${host}'] : localPage
    locked: hasEdge
    frontDoorId: hasEdge ? edge!.outputs.frontDoorId : ''
    nodes: [for (node, n) in nodes: { name: node.id, id: accounts[n].outputs.id }]
    vault: vault.outputs.id
    settings: settingsOf(name, listedNodes, map(stamps, each => each.location), auth, providers, vaultName, '${address}/api')
  }
}]

module page 'shared/storage.bicep' = if (hasEdge) {
  name: 'page'
  scope: globalGroup
  params: {
    account: pageAccount
    location: home
    tags: tagsOf(name, kind, 'page')
    zones: checked[0].zones
    services: ['blob']
    containers: ['page']
    isolated: false
    workspaceId: monitoring.outputs.id
    grants: concat(
      [{ identity: edge!.outputs.identity, principal: edge!.outputs.principal, role: role.storageBlobDataReader, need: 'Front Door reads the page.' }],
      empty(publisher) ? [] : [{ identity: publisher, principal: publisher, role: role.storageBlobDataContributor, need: 'The deployment uploads the page.' }]
    )
  }
}

module customDomain 'shared/domain.bicep' = if (domain != null) {
  name: 'domain'
  scope: globalGroup
  params: { name: edgeName, tags: tagsOf(name, kind, 'global'), zone: domain!.zone, host: domain!.host }
  dependsOn: [edge]
}

module routes 'shared/routes.bicep' = if (hasEdge) {
  name: 'routes'
  scope: globalGroup
  params: {
    name: edgeName
    tags: tagsOf(name, kind, 'global')
    tier: frontDoor == 'premium' ? 'premium' : 'standard'
    stamps: [for (one, i) in stamps: { location: one.location, host: stampModules[i].outputs.host, app: stampModules[i].outputs.app }]
    isolated: isolated
    pageAccount: pageAccount
    pageIdentity: edge!.outputs.identity
    connects: concat(
      flatten(map(stamps, one => ['https://${signalROf(name, one.location)}.service.signalr.net', 'wss://${signalROf(name, one.location)}.service.signalr.net'])),
      [auth.issuer]
    )
    customDomain: domain == null ? '' : customDomain!.outputs.id
  }
  dependsOn: [page]
}

module alerts 'shared/alerts.bicep' = {
  name: 'alerts'
  scope: globalGroup
  params: {
    location: home
    name: name
    tags: tagsOf(name, kind, 'global')
    workspaceId: monitoring.outputs.id
    mail: mail
    namespaces: [for (one, i) in stamps: stampModules[i].outputs.namespace]
    frontDoor: hasEdge ? edge!.outputs.id : ''
  }
}

@description('Where the product is.')
output address string = address

@description('The stamps, in the order in which a new version is rolled out.')
output stamps { region: string, group: string, app: string }[] = [for one in stamps: {
  region: one.location
  group: groupOf(name, one.location)
  app: appOf(name, one.location)
}]

@description('Where the page is uploaded, and what is purged then; null without a front door.')
output page { group: string, account: string, profile: string }? = hasEdge ? { group: groupOf(name, 'global'), account: pageAccount, profile: edgeName } : null

@description('The page\'s config.json.')
output config object = { api: '/api', signIn: { kind: 'oidc', authority: auth.issuer, clientId: auth.clientId, scope: auth.scope } }

@description('To be entered at the registrar of the domain.')
output nameServers string[] = domain == null ? [] : customDomain!.outputs.nameServers
