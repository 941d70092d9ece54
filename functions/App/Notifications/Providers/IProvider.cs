namespace Serverless.Notifications;

/// <summary>Hands one delivery to whoever brings it to people: the seam to APNs, FCM, SMS, mail and the list in the app.</summary>
public interface IProvider
{
    Carrier Carrier { get; }

    /// <summary>As the ledger names it, such as "apns".</summary>
    string Name { get; }

    /// <summary>What is wrong with a call that the provider would refuse whoever it is for, such as a payload that is too long; null when nothing is. Sends nothing.</summary>
    string? Problem(ProviderCall call);

    /// <summary>Sends. Every failure is an answer; nothing is thrown but <see cref="OperationCanceledException"/> by the token, after which the call may have been taken.</summary>
    Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken);
}
