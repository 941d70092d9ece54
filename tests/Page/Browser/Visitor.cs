using Microsoft.Playwright;

namespace Serverless.Tests.Page;

/// <summary>Somebody at the chat page, in a browser window of their own.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly List<string> _errors = [];
    private bool _owns = true;

    private Visitor(IBrowserContext context, IPage page, string user)
    {
        (Context, Page, User) = (context, page, user);
        page.PageError += (_, error) => _errors.Add(error);
        page.Console += (_, message) =>
        {
            // What the network did is no fault of the page.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal) && !message.Text.Contains("net::ERR_", StringComparison.Ordinal)
                && !message.Text.Contains("WebSocket", StringComparison.Ordinal))
            {
                _errors.Add(message.Text);
            }
        };
    }

    public IBrowserContext Context { get; }

    public IPage Page { get; }

    public string User { get; }

    /// <summary>What went wrong in the page so far.</summary>
    public IReadOnlyList<string> Errors => _errors;

    public ILocator Composer => Page.Locator(".composer__input");

    /// <summary>Opens the page in a new window and signs in.</summary>
    public static async Task<Visitor> SignInAsync(IBrowser browser, Uri address, string user, BrowserNewContextOptions? options = null)
    {
        var context = await browser.NewContextAsync(options ?? new() { Locale = "en-GB", ViewportSize = new() { Width = 1280, Height = 800 } });
        var page = await context.NewPageAsync();
        var visitor = new Visitor(context, page, user);
        await page.GotoAsync(address.ToString());
        await page.Locator("input[name=user]").FillAsync(user);
        await page.Locator("form button.button--main").ClickAsync();
        await visitor.LoadedAsync();
        return visitor;
    }

    /// <summary>One more tab of the same browser.</summary>
    public async Task<Visitor> TabAsync()
    {
        var page = await Context.NewPageAsync();
        var tab = new Visitor(Context, page, User) { _owns = false };
        await page.GotoAsync(Page.Url);
        await tab.LoadedAsync();
        return tab;
    }

    /// <summary>Waits until the rooms are there.</summary>
    public Task LoadedAsync() => Page.Locator(".rooms__list:not(:has([aria-busy]))").WaitForAsync();

    public async Task OpenAsync(string room)
    {
        await Page.Locator($"a[href='#/rooms/{room}']").ClickAsync();

        // Another room's field may still be there; a phone hides the list.
        await Page.Locator($"a[href='#/rooms/{room}'][aria-current=page]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await Composer.WaitForAsync();
    }

    /// <summary>Types a message and sends it with Enter.</summary>
    public async Task SayAsync(string text)
    {
        await Composer.FillAsync(text);
        await Composer.PressAsync("Enter");
    }

    /// <summary>A message by its words.</summary>
    public ILocator Message(string text) => Page.Locator(".message").Filter(new() { Has = Page.GetByText(text, new() { Exact = true }) });

    /// <summary>Waits until messages are shown, each once.</summary>
    public async Task SeesAsync(params string[] texts)
    {
        foreach (var text in texts)
            await Assertions.Expect(Message(text)).ToHaveCountAsync(1);
    }

    public async Task TypesAsync(string keys) => await Page.Keyboard.TypeAsync(keys);

    public async ValueTask DisposeAsync()
    {
        if (_owns)
            await Context.DisposeAsync();
    }
}
