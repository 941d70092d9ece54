using Serverless.Tests.Page;

namespace Serverless.Tests.EndToEnd;

/// <summary>Tests whose processes must get something done in a given time: they run one by one after all others, with the machine to themselves.</summary>
[CollectionDefinition(nameof(AloneOnTheMachine), DisableParallelization = true)]
public sealed class AloneOnTheMachine : ICollectionFixture<AloneOnTheMachine.Quiet>
{
    /// <summary>What the others shared has ended: its heads and storage would go on with their timers.</summary>
    public sealed class Quiet(SharedCloud cloud, PageRig page) : IAsyncLifetime
    {
        public async ValueTask InitializeAsync()
        {
            await page.DisposeAsync();
            await cloud.DisposeAsync();
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
