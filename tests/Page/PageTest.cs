using Microsoft.Playwright;

namespace Serverless.Tests.Page;

/// <summary>A test at the page. Whoever visits through it must leave without an error in the page.</summary>
[Collection(nameof(PageTest))]
public abstract class PageTest(SharedCloud cloud, PageRig rig) : IAsyncLifetime
{
    private readonly List<Visitor> _visitors = [];

    internal PageRig Rig => rig;

    internal SharedCloud Cloud => cloud;

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(20_000);
        await rig.StartAsync(cloud);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var visitor in _visitors)
        {
            Assert.Empty(visitor.Errors);
            await visitor.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Somebody at the page, by default under a name that nobody has used.</summary>
    internal async Task<Visitor> VisitorAsync(string name, BrowserNewContextOptions? options = null, bool isNew = true) =>
        With(await Visitor.SignInAsync(rig.Browser, rig.Address, isNew ? PageRig.NewUser(name) : name, options));

    /// <summary>Somebody who is known already, at one more device.</summary>
    internal async Task<Visitor> DeviceAsync(Visitor visitor, BrowserNewContextOptions? options = null, Uri? address = null) =>
        With(await Visitor.SignInAsync(rig.Browser, address ?? rig.Address, visitor.User, options));

    internal async Task<Visitor> TabAsync(Visitor visitor) => With(await visitor.TabAsync());

    private Visitor With(Visitor visitor)
    {
        _visitors.Add(visitor);
        return visitor;
    }
}
