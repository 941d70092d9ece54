using Serverless.Http;
using Serverless.Local.Head;
using Serverless.Tests.Http;

namespace Serverless.Tests.Local;

public sealed class DevIdentityTests : IDisposable
{
    private readonly CloudFolder _folder = new();

    [Fact]
    public async Task Tokens_outlive_a_restart_and_new_ones_can_be_issued_after_it()
    {
        string before;
        using (var first = DevIdentity.Open(_folder.Path, TimeProvider.System))
            before = first.Issue("alice", [], DevIdentity.Life);

        using var second = DevIdentity.Open(_folder.Path, TimeProvider.System);
        using var tokens = new UserTokens(
            new ReloadedOptions<AuthOptions>(new() { Issuer = DevIdentity.Issuer, Audience = DevIdentity.Audience, Keys = second.PublicKeys() }), TimeProvider.System);
        Assert.Equal("alice", (await tokens.CheckAsync(before)).Caller?.Id);
        Assert.Equal("bob", (await tokens.CheckAsync(second.Issue("bob", [], DevIdentity.Life))).Caller?.Id);
    }

    public void Dispose() => _folder.Dispose();
}
