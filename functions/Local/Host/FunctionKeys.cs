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

        var given = request.Headers["x-functions-key"].ToString();
        if (given.Length == 0)
            given = request.Query["code"].ToString();
        if (given.Length == 0)
            return false;

        return function.Level == AuthorizationLevel.Function
            ? Matches(given, function.Name) || Matches(given, "default") || Matches(given, "master")
            : Matches(given, "master");
    }

    private bool Matches(string given, string name) =>
        configuration[$"Functions:Keys:{name}"] is { Length: > 0 } key
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(key));
}
