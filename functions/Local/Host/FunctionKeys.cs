using System.Security.Cryptography;
using System.Text;
using Microsoft.Azure.Functions.Worker;

namespace Serverless.Local.Host;

/// <summary>
/// Function keys from the configuration: <c>Functions:Keys:NAME</c> opens that function, <c>default</c> every function of level
/// Function, <c>master</c> those of level Admin too. A caller sends one as <c>x-functions-key</c> or <c>?code=</c>.
/// </summary>
internal sealed class FunctionKeys(IConfiguration configuration)
{
    public bool Open(HttpFunction function, HttpRequest request)
    {
        if (function.Level == AuthorizationLevel.Anonymous)
            return true;

        return OpenAdmin(request) || (function.Level == AuthorizationLevel.Function
            && Given(request) is { } given && (Matches(given, function.Name) || Matches(given, "default")));
    }

    /// <summary>Whether the caller sends the master key, which also opens what is the host's own.</summary>
    public bool OpenAdmin(HttpRequest request) => Given(request) is { } given && Matches(given, "master");

    private static string? Given(HttpRequest request)
    {
        var given = request.Headers["x-functions-key"].ToString();
        if (given.Length == 0)
            given = request.Query["code"].ToString();
        return given.Length == 0 ? null : given;
    }

    private bool Matches(string given, string name) =>
        configuration[$"Functions:Keys:{name}"] is { Length: > 0 } key
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(key));
}
