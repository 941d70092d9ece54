// What people are told of, and the workbook that shows it.

param location string
param name string
param tags object
param workspaceId string

@description('Who is told; empty: nobody, alerts are seen in the portal only.')
param mail string

@description('The stamps\' Service Bus namespaces.')
param namespaces string[]

@description('The Front Door profile; empty: none.')
param frontDoor string

var rules = [
  {
    name: 'errors'
    title: 'More than 1 % of requests fail'
    query: loadTextContent('queries/errors.kql')
    column: 'percent'
    dimensions: ['stamp']
    above: 1
    severity: 1
  }
  {
    name: 'p99'
    title: 'More than 1 % of requests take longer than a second'
    query: loadTextContent('queries/slow.kql')
    column: 'percent'
    dimensions: ['stamp']
    above: 1
    severity: 2
  }
  {
    name: 'node-down'
    title: 'A storage node is down'
    query: loadTextContent('queries/nodes.kql')
    column: 'down'
    dimensions: ['stamp', 'node']
    above: 0
    severity: 2
  }
  {
    name: 'worker-ids'
    title: 'Worker ids of a region run out'
    query: loadTextContent('queries/workers.kql')
    column: 'percent'
    dimensions: ['stamp']
    above: 80
    severity: 2
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(mail)) {
  name: 'ag-${name}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: take(name, 12)
    emailReceivers: [{ name: 'operators', emailAddress: mail, useCommonAlertSchema: true }]
  }
}

resource queries 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: '${rule.name}-${name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: rule.title
    enabled: true
    severity: rule.severity
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT10M'
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: rule.query
          metricMeasureColumn: rule.column
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: rule.above
          dimensions: [for dimension in rule.dimensions: { name: dimension, operator: 'Include', values: ['*'] }]
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: empty(mail) ? [] : [people.id] }
  }
}]

// The app takes dead letters out again and notes them: one that stays is one that it could not even note.
resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = [for namespace in namespaces: {
  name: 'dead-letters-${last(split(namespace, '/'))}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Dead letters stay in a queue of ${last(split(namespace, '/'))}'
    severity: 2
    enabled: true
    scopes: [namespace]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead'
          metricName: 'DeadletteredMessages'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          timeAggregation: 'Minimum'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [{ name: 'EntityName', operator: 'Include', values: ['*'] }]
        }
      ]
    }
    actions: empty(mail) ? [] : [{ actionGroupId: people.id }]
  }
}]

resource origins 'Microsoft.Insights/metricAlerts@2018-03-01' = if (!empty(frontDoor)) {
  name: 'stamp-unreachable-${name}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Front Door takes a stamp for unwell'
    severity: 1
    enabled: true
    scopes: [frontDoor]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'unwell'
          metricName: 'OriginHealthPercentage'
          metricNamespace: 'Microsoft.Cdn/profiles'
          timeAggregation: 'Average'
          operator: 'LessThan'
          threshold: 50
          dimensions: [{ name: 'Origin', operator: 'Include', values: ['*'] }]
        }
      ]
    }
    actions: empty(mail) ? [] : [{ actionGroupId: people.id }]
  }
}

var charts = [
  { title: 'Requests by stamp', query: loadTextContent('queries/traffic.kql') }
  { title: 'Requests by how long they took', query: loadTextContent('queries/latency.kql') }
  { title: 'Failed requests, %', query: loadTextContent('queries/errors.kql') }
  { title: 'Requests above a second, %', query: loadTextContent('queries/slow.kql') }
  { title: 'Nodes that are down', query: loadTextContent('queries/nodes.kql') }
  { title: 'Worker ids leased, %', query: loadTextContent('queries/workers.kql') }
  { title: 'Deliveries of notifications', query: loadTextContent('queries/notifications.kql') }
  { title: 'Pushes of the chat that failed, %', query: loadTextContent('queries/pushes.kql') }
]

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, name, 'operations')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Serverless ${name}: operations'
    category: 'workbook'
    sourceId: workspaceId
    serializedData: string({
      version: 'Notebook/1.0'
      items: map(range(0, length(charts)), i => {
        type: 3
        name: 'chart-${i}'
        customWidth: '50'
        content: {
          version: 'KqlItem/1.0'
          query: charts[i].query
          title: charts[i].title
          size: 0
          timeContext: { durationMs: 14400000 }
          queryType: 0
          resourceType: 'microsoft.operationalinsights/workspaces'
          visualization: 'timechart'
        }
      })
    })
  }
}
