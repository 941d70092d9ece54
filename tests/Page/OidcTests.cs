using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Tests.Page;

/// <summary>Sign-in as it is in Azure: at an OpenID provider, here one that runs beside.</summary>
public class OidcTests(SharedCloud cloud, PageRig rig) : PageTest(cloud, rig)
{
    [Fact]
    public async Task Somebody_signs_in_with_a_code_and_PKCE_comes_back_under_their_name_and_is_remembered()
    {
        await using var provider = await OidcProvider.StartAsync(Rig.Address, PageRig.NewUser("erin"), Cancelled);
        await using var context = await Rig.Browser.NewContextAsync(new() { Locale = "en-GB", BypassCSP = true });
        var page = await SignInAsync(context, provider);
        Assert.DoesNotContain("code=", page.Url, StringComparison.Ordinal);

        // The token that it holds is good for the API: somebody can be asked for contact.
        await page.GetByRole(AriaRole.Button, new() { Name = "Contacts and requests" }).First.ClickAsync();
        await page.GetByLabel("Ask somebody for contact").FillAsync(PageRig.NewUser("frank"));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Withdraw" })).ToBeVisibleAsync();

        await page.ReloadAsync();
        await Expect(page.Locator(".rooms__me")).ToHaveTextAsync(OidcProvider.Name);
        Assert.Equal(1, provider.Exchanges);
    }

    [Fact]
    public async Task A_token_that_has_ended_is_renewed_once_for_all_tabs_and_a_sign_in_that_has_ended_leads_all_to_the_door()
    {
        await using var provider = await OidcProvider.StartAsync(Rig.Address, PageRig.NewUser("erin"), Cancelled);
        await using var context = await Rig.Browser.NewContextAsync(new() { Locale = "en-GB", BypassCSP = true });
        var page = await SignInAsync(context, provider);
        var tab = await context.NewPageAsync();
        await tab.GotoAsync(Rig.Address.ToString());
        await Expect(tab.Locator(".rooms__me")).ToHaveTextAsync(OidcProvider.Name);

        await AgeAsync(page);
        await Task.WhenAll(page.ReloadAsync(), tab.ReloadAsync());
        foreach (var one in (IPage[])[page, tab])
        {
            await Expect(one.Locator(".rooms__me")).ToHaveTextAsync(OidcProvider.Name);
            await Expect(one.Locator(".nothing__title")).ToBeVisibleAsync();
        }

        Assert.Equal(1, provider.Refreshes);

        provider.End();
        await AgeAsync(page);
        await page.ReloadAsync();
        foreach (var one in (IPage[])[page, tab])
            await Expect(one.Locator(".trouble")).ToHaveTextAsync("You are signed out. What was not sent yet is kept.");
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Continue to sign-in" })).ToBeVisibleAsync();
    }

    private async Task<IPage> SignInAsync(IBrowserContext context, OidcProvider provider)
    {
        await context.RouteAsync("**/config.json", route => route.FulfillAsync(new()
        {
            ContentType = "application/json",
            Body = JsonSerializer.Serialize(new { api = "/api", signIn = new { kind = "oidc", authority = provider.Address, clientId = "page", scope = "openid profile offline_access" } }),
        }));
        var page = await context.NewPageAsync();
        await page.GotoAsync(Rig.Address.ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue to sign-in" }).ClickAsync();
        await Expect(page.Locator(".rooms__me")).ToHaveTextAsync(OidcProvider.Name);
        return page;
    }

    /// <summary>As if the token's hour were over.</summary>
    private static async Task AgeAsync(IPage page) => await page.EvaluateAsync(
        """
        () => {
          const name = Object.keys(localStorage).find(one => one.startsWith('oidc.user:'))
          localStorage.setItem(name, JSON.stringify({ ...JSON.parse(localStorage.getItem(name)), expires_at: 1 }))
        }
        """);
}
