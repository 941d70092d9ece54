using Microsoft.Playwright;
using Serverless.Tests.Chat;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Tests.Page;

/// <summary>What others see of somebody who has the page open.</summary>
public class PresenceTests(SharedCloud cloud, PageRig rig) : PageTest(cloud, rig)
{
    [Fact]
    public async Task Who_is_invisible_in_one_tab_or_device_is_so_in_all_and_others_see_who_is_there_without_opening_a_room()
    {
        var (alice, bob) = (await VisitorAsync("alice"), await VisitorAsync("bob"));
        var room = await Rig.MeetAsync(alice, bob);
        await Expect(bob.Page.Locator(".room .dot--online")).ToBeVisibleAsync();
        var (tab, device) = (await TabAsync(alice), await DeviceAsync(alice));
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "Settings" }).ClickAsync();
        await alice.Page.GetByLabel("Invisible").CheckAsync();
        using var api = await Rig.ApiAsync(bob);
        async Task<string?> SeenAsync() => (await api.ReadAsync($"presence?users={alice.User}")).GetProperty("users").GetProperty(alice.User).GetProperty("status").GetString();
        await Eventually.HoldsAsync(async () => await SeenAsync() == "offline", "she is invisible");

        // Each of them says that it is there when a room is opened.
        await Task.WhenAll(tab.OpenAsync(room), device.OpenAsync(room));
        foreach (var other in (Visitor[])[tab, device])
        {
            await other.Page.GetByRole(AriaRole.Button, new() { Name = "Settings" }).ClickAsync();
            await Expect(other.Page.GetByLabel("Invisible")).ToBeCheckedAsync();
        }

        Assert.Equal("offline", await SeenAsync());
        await device.Page.GetByLabel("Invisible").UncheckAsync();
        await Eventually.HoldsAsync(async () => await SeenAsync() == "online", "she is there again");
    }
}
