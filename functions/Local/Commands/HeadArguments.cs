using System.CommandLine;
using Serverless.Local.Cloud;

namespace Serverless.Local.Commands;

/// <summary>The options of "head", beside those that describe the cloud.</summary>
internal sealed class HeadArguments(CloudArguments shared)
{
    private readonly Option<int> _cloud = CloudArguments.Number(
        "--cloud", "Port of the \"up\" that runs the storage", 1, LocalCloudOptions.MaxPort, new LocalCloudOptions().Port);
    private readonly Option<int> _region = CloudArguments.Number(
        "--region", "Number of the region the head runs in: 1 to 9", 1, 9, 2);

    public void AddTo(Command verb)
    {
        verb.Add(_cloud);
        verb.Add(_region);
    }

    public HeadOptions Read(ParseResult parsed) => new(parsed.GetValue(_cloud), parsed.GetValue(_region), shared.Read(parsed));
}
