//! What is said in the illustrative reports on tasks: as an office writes it, without names and without numbers that could
//! be taken for real ones.

/// Of steering and of organisation.
const STEERING: [&str; 3] = [
    "Đã ban hành văn bản chỉ đạo, phân công cụ thể từng đơn vị và đưa nội dung vào chương trình công tác của kỳ.",
    "Đã quán triệt tại hội nghị giao ban; các đơn vị trực thuộc đã đăng ký nội dung thực hiện và báo cáo đúng hạn.",
    "Đã rà soát, bổ sung quy chế phối hợp; kiểm tra việc thực hiện ở cơ sở và nhắc nhở nơi còn chậm.",
];
/// Of what people are told.
const COMMUNICATION: [&str; 3] = [
    "Đã phối hợp tuyên truyền ở địa bàn trọng điểm, trường học và khu dân cư, tập trung vào phương thức, thủ đoạn mới của \
     tội phạm.",
    "Duy trì chuyên mục trên hệ thống truyền thanh cơ sở và trang thông tin của đơn vị; tài liệu đã gửi đến từng thôn, tổ \
     dân phố.",
    "Đã biên soạn tài liệu hỏi đáp pháp luật, lồng ghép trong sinh hoạt đoàn thể và giờ sinh hoạt ở trường học.",
];
/// Of the movement of the people at the grassroots.
const MOVEMENT: [&str; 3] = [
    "Các mô hình tự quản hoạt động nền nếp; đã củng cố nòng cốt ở thôn, tổ dân phố và kết nối với Công an cấp xã.",
    "Đã hướng dẫn, kiểm tra các mô hình ở cơ sở; mô hình kém hiệu quả được củng cố hoặc thay thế.",
    "Đã gắn phong trào với xây dựng nông thôn mới và đời sống văn hóa; kết quả bình xét được công khai ở nhà văn hóa.",
];
/// Of the day of the movement.
const FESTIVAL: [&str; 2] = [
    "Đã tổ chức Ngày hội ở các khu dân cư với phần lễ và phần hội; biểu dương tập thể, cá nhân tiêu biểu.",
    "Ngày hội được tổ chức gọn, an toàn; các hộ dân đã ký cam kết thực hiện nội dung phong trào.",
];
/// Of what people ask and complain of.
const HEARD: [&str; 2] = [
    "Đã tổ chức đối thoại với Nhân dân, tiếp thu kiến nghị và giao bộ phận chuyên môn trả lời theo quy định.",
    "Tổ hòa giải giải quyết mâu thuẫn ngay từ cơ sở; vụ việc phức tạp đã được báo cáo và theo dõi.",
];
/// Of those who are looked after.
const LOOKED_AFTER: [&str; 2] = [
    "Đã phân công cán bộ, đoàn thể theo dõi, giúp đỡ theo từng nhóm; việc quản lý được cập nhật trong kỳ.",
    "Đã phối hợp giới thiệu học nghề, việc làm và vay vốn; các đoàn thể nhận giúp đỡ tại nơi cư trú.",
];
/// Of gaps and of rules to be made.
const RULES: [&str; 2] = [
    "Đã rà soát quy định, quy trình thuộc lĩnh vực phụ trách; sơ hở đã phát hiện được giao đơn vị khắc phục.",
    "Đã hoàn thiện dự thảo, lấy ý kiến các đơn vị và trình ban hành theo thẩm quyền.",
];
/// Of what is investigated and tried.
const INVESTIGATION: [&str; 3] = [
    "Đã triển khai đồng bộ các biện pháp; vụ việc nổi lên được giải quyết kịp thời, không để kéo dài, phức tạp.",
    "Đã họp liên ngành thống nhất hướng giải quyết vụ việc khó; hồ sơ được rà soát và chuyển đúng thời hạn.",
    "Thực hiện nghiêm quy trình tiếp nhận, phân loại; đã kiểm tra chéo hồ sơ và khắc phục thiếu sót được chỉ ra.",
];
/// Of campaigns.
const CAMPAIGN: [&str; 3] = [
    "Đã xây dựng kế hoạch đợt, phân công lực lượng theo địa bàn và hoàn thành các nội dung theo tiến độ.",
    "Kết thúc đợt, đơn vị đã tổng hợp kết quả, rút kinh nghiệm và tiếp tục duy trì các biện pháp có hiệu quả.",
    "Đã phối hợp các đoàn thể thực hiện trên toàn địa bàn; kết quả được báo cáo tại hội nghị tổng kết đợt.",
];

/// While it is under way.
pub const BEGUN: [&str; 3] = [
    "Đang xây dựng dự thảo, đã gửi lấy ý kiến các đơn vị liên quan.",
    "Đang triển khai theo kế hoạch; sẽ báo cáo đầy đủ khi kết thúc.",
    "Đã phân công bộ phận thực hiện, đang tổng hợp kết quả từ cơ sở.",
];
/// What stands in the way.
pub const DIFFICULTIES: [&str; 3] = [
    "Cán bộ theo dõi phải kiêm nhiệm nhiều việc sau khi sắp xếp tổ chức.",
    "Một số nội dung còn chờ văn bản hướng dẫn của cấp trên.",
    "Kinh phí thực hiện được bố trí muộn so với tiến độ.",
];
/// What is proposed.
pub const PROPOSALS: [&str; 3] = [
    "Đề nghị sớm ban hành hướng dẫn thống nhất về nội dung báo cáo.",
    "Đề nghị bố trí kinh phí ngay từ đầu năm.",
    "Đề nghị tổ chức tập huấn cho cán bộ mới nhận nhiệm vụ.",
];
/// Why reports are returned.
pub const RETURNED: [&str; 2] = [
    "Đề nghị nêu rõ kết quả của từng nội dung được giao, không báo cáo chung chung.",
    "Chưa nêu văn bản làm căn cứ và việc còn phải làm tiếp; đề nghị bổ sung.",
];
/// What they say then.
pub const REDONE: &str = "Đã bổ sung kết quả theo từng nội dung được giao và nêu rõ việc còn phải làm tiếp.";
/// Why more time is asked for.
pub const ASKED: &str = "Nội dung còn phải lấy ý kiến của nhiều đơn vị, đề nghị lùi thời hạn.";
/// Where it is granted.
pub const GRANTED: &str = "Đồng ý, đề nghị báo cáo tiến độ hằng tháng.";
/// Where it is not.
pub const REFUSED: &str = "Không lùi thời hạn; đề nghị tập trung hoàn thành.";
/// Which office of a lead is responsible.
pub const OFFICES: [&str; 3] = ["Văn phòng", "Phòng Tổng hợp", "Bộ phận thường trực"];

/// The texts that fit a task, by its place in the plan.
pub fn done(task: &str, is_campaign: bool) -> &'static [&'static str] {
    let begins = |with: &[&str]| with.iter().any(|start| task.starts_with(start));
    if is_campaign {
        &CAMPAIGN
    } else if begins(&["I.2", "II.2."]) {
        &COMMUNICATION
    } else if begins(&["I.4x", "I.5x", "II.5."]) {
        &INVESTIGATION
    } else if begins(&["II.3.2c"]) {
        &FESTIVAL
    } else if begins(&["I.6x", "II.3.2a", "II.4.1b"]) {
        &HEARD
    } else if begins(&["II.3.3", "II.4.1a", "II.4.4"]) {
        &LOOKED_AFTER
    } else if begins(&["II.1.3", "II.3.2b", "II.4."]) {
        &RULES
    } else if begins(&["II.3."]) {
        &MOVEMENT
    } else {
        &STEERING
    }
}
