namespace Serverless.Tests.EndToEnd;

/// <summary>Tests whose processes must get something done in a given time: they run one by one after all others, with the machine to themselves.</summary>
[CollectionDefinition(nameof(AloneOnTheMachine), DisableParallelization = true)]
public sealed class AloneOnTheMachine;
